package io.kiln.nn.collective;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of workers that wait for one that hangs, one gives up first; all of them name the same. */
@Timeout(300)
class HungPeerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  @ParameterizedTest
  @CsvSource({"300000, MEMORY", "300000, SHARED", "300000, SOCKETS", "100, SOCKETS"})
  void whoGivesUpFirstIsNotTakenForTheOneThatHangs(int floats, Workers.Way way) throws Exception {
    LinkOptions options = Workers.options(way).withTimes(Duration.ofMinutes(5), DEADLINE);
    CountDownLatch named = new CountDownLatch(2);
    List<String> said =
        Workers.run(
            3,
            way,
            options,
            Mesh.LONG_VECTOR,
            collective -> {
              if (collective.place().rank() == 2) {
                named.await();
                return "hung";
              }
              TreeSum sum =
                  new TreeSum(new ShardTree(3), collective.place(), DType.FLOAT32, floats);
              Tensor out = Tensor.zeros(Shape.of(floats), DType.FLOAT32);
              sum.add(sum.first(), out);
              try {
                collective.allReduce(sum, out);
                return "no error";
              } catch (PeerException e) {
                return e.rank() + " " + e.getMessage();
              } finally {
                named.countDown();
              }
            });
    assertThat(said.subList(0, 2)).allMatch(text -> text.startsWith("2 "), "name worker 2");
    assertThat(said.subList(0, 2)).allMatch(text -> text.contains("nothing came for 5.0 s"), "why");
  }
}
