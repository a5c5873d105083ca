package io.kiln.nn.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(1200)
class ControlChannelTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void messagesOfEverySizeArriveWhole(boolean encrypt) throws Exception {
    AttemptKey key = AttemptKey.random();
    BlockingQueue<ControlChannel> guests = new LinkedBlockingQueue<>();
    try (ControlChannel.Listener listener =
            ControlChannel.listen(
                Workers.HOST, LinkOptions.PortRange.ANY, key, 1, 3, encrypt, guests::add);
        ControlChannel worker = call(key, listener.port(), encrypt);
        ControlChannel driver = guests.take()) {
      assertThat(driver.rank()).isEqualTo(2);
      assertThat(worker.rank()).isEqualTo(-1);
      Random random = new Random(2);
      for (int size : new int[] {0, 1, 65_531, 65_532, 65_533, 200_000, 3_000_000}) {
        byte[] message = new byte[size];
        random.nextBytes(message);
        Thread sender =
            new Thread(
                () -> {
                  try {
                    worker.send(message);
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
        sender.start();
        assertThat(driver.receive(PATIENCE)).isEqualTo(message);
        sender.join();
      }
      driver.send(new byte[] {5});
      assertThat(worker.receive(PATIENCE)).containsExactly(5);
      assertThatThrownBy(() -> worker.receive(Duration.ofMillis(50)))
          .isInstanceOf(SocketTimeoutException.class);
      driver.send(new byte[] {6});
      assertThat(worker.receive(PATIENCE)).containsExactly(6);
      assertThatThrownBy(() -> worker.send(new byte[ControlChannel.MOST_BYTES + 1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theOtherEndsLeavingIsHeard() throws Exception {
    AttemptKey key = AttemptKey.random();
    try (ControlChannel.Listener listener =
            ControlChannel.listen(
                Workers.HOST,
                LinkOptions.PortRange.ANY,
                key,
                1,
                3,
                false,
                guest -> assertThatNoException().isThrownBy(guest::close));
        ControlChannel worker = call(key, listener.port(), false)) {
      assertThatThrownBy(() -> worker.receive(PATIENCE)).isInstanceOf(EOFException.class);
    }
  }

  private static ControlChannel call(AttemptKey key, int port, boolean encrypt) throws IOException {
    return ControlChannel.call(
        Workers.HOST, port, key, 1, new Collective.Place(2, 3), encrypt, PATIENCE);
  }

  @Test
  void strangersAreRefused() throws Exception {
    AttemptKey key = AttemptKey.random();
    BlockingQueue<ControlChannel> guests = new LinkedBlockingQueue<>();
    try (ControlChannel.Listener listener =
        ControlChannel.listen(
            Workers.HOST, LinkOptions.PortRange.ANY, key, 1, 3, false, guests::add)) {
      assertThatThrownBy(() -> call(AttemptKey.random(), listener.port(), false).close())
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> call(key, listener.port(), true).close())
          .isInstanceOf(IOException.class);
      assertThat(guests).isEmpty();
    }
  }
}
