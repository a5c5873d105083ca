package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.collective.AttemptKey;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.ControlChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver's end, with workers that are only sockets. */
@Timeout(1200)
class RendezvousTest {
  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Nobody is sent home because of silence while a test runs. */
  private static final Duration FOR_EVER = Duration.ofDays(1);

  private final AttemptKey key = AttemptKey.random();

  private static GangOptions options(int workers) {
    return GangOptions.of(new SparkConf(false), workers).withSilence(FOR_EVER, FOR_EVER);
  }

  private ControlChannel call(Rendezvous rendezvous, int rank, int size) throws IOException {
    return ControlChannel.call(
        HOST, rendezvous.port(), key, 0, new Collective.Place(rank, size), false, PATIENCE);
  }

  /** The code of the next message that is no heartbeat. */
  private static Protocol.Code next(ControlChannel worker) throws IOException {
    Protocol.Code code = Protocol.Code.HEARTBEAT;
    while (code == Protocol.Code.HEARTBEAT) {
      code = Protocol.code(worker.receive(PATIENCE));
    }
    return code;
  }

  @Test
  void aWorkerThatComesAfterAFailureIsSentHome() throws Exception {
    try (Rendezvous rendezvous = new Rendezvous(HOST, options(2), key, message -> {});
        ControlChannel first = call(rendezvous, 0, 2)) {
      first.send(
          Protocol.failed(Failure.thrown(0, HOST, new IOException("no port is free"), false)));
      assertThat(rendezvous.awaitFailure(PATIENCE)).isTrue();
      try (ControlChannel late = call(rendezvous, 1, 2)) {
        assertThat(next(late)).isEqualTo(Protocol.Code.ABORT);
      }
    }
  }

  @Test
  void theLastWordIsAnsweredOnceAllBeforeItIsRead() throws Exception {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    try (Rendezvous rendezvous =
        new Rendezvous(
            HOST,
            options(1),
            key,
            message -> heard.add(new String(message.body(), StandardCharsets.UTF_8)))) {
      try (ControlChannel worker = call(rendezvous, 0, 1)) {
        worker.send(Protocol.progress("one".getBytes(StandardCharsets.UTF_8)));
        worker.send(Protocol.progress("two".getBytes(StandardCharsets.UTF_8)));
        worker.send(Protocol.bare(Protocol.Code.DONE));
        assertThat(next(worker)).isEqualTo(Protocol.Code.HEARD);
      }
      rendezvous.drain();
      assertThat(heard).containsExactly("one", "two");
      assertThat(rendezvous.failure()).isNull();
    }
  }
}
