package io.kiln.nn.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workers with processes of their own, one of which dies or hangs in the middle of a sum. */
@Tag("fault")
@Timeout(1200)
class LostPeerTest {
  /** A healthy peer on a busy machine is never silent for so long. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final Duration DEADLINE = Duration.ofSeconds(5);

  @ParameterizedTest
  @CsvSource({
    "2, 1000, SOCKETS",
    "3, 300000, SOCKETS",
    "2, 300000, ENCRYPTED",
    "2, 1000, SHARED",
    "3, 300000, SHARED"
  })
  void aKilledPeerIsNoticedAtOnce(int size, int floats, Workers.Way way) throws Exception {
    List<WorkerProcess> workers = WorkerProcess.start(size, floats, way, LONG);
    try {
      assertThatAllGo(workers, way);
      WorkerProcess victim = workers.get(size - 1);
      victim.signal("KILL");
      // Not by the deadline: that is far away.
      assertThat(workers.get(0).line()).endsWith(" lost");
    } finally {
      workers.forEach(WorkerProcess::close);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1000, SOCKETS", "3, 300000, SOCKETS", "2, 1000, SHARED", "3, 300000, SHARED"})
  void aHungPeerIsNoticedByTheDeadlineAndNamed(int size, int floats, Workers.Way way)
      throws Exception {
    List<WorkerProcess> workers = WorkerProcess.start(size, floats, way, DEADLINE);
    try {
      assertThatAllGo(workers, way);
      WorkerProcess victim = workers.get(size - 1);
      victim.signal("STOP");
      assertThat(workers.get(0).line()).isEqualTo(size - 1 + " lost");
      assertThat(Long.parseLong(workers.get(0).line())).isGreaterThanOrEqualTo(5000);
      assertThat(workers.get(0).line()).contains("nothing came for 5.0 s; it hangs");
    } finally {
      workers.forEach(WorkerProcess::close);
    }
  }

  private static void assertThatAllGo(List<WorkerProcess> workers, Workers.Way way)
      throws IOException {
    for (WorkerProcess worker : workers) {
      assertThat(worker.line()).isEqualTo(said(way));
      assertThat(worker.line()).isEqualTo("going");
    }
  }

  private static String said(Workers.Way way) {
    return switch (way) {
      case SHARED -> "shared memory";
      case ENCRYPTED -> "encrypted sockets";
      default -> "sockets";
    };
  }
}
