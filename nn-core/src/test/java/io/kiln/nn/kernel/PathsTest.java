package io.kiln.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the build's executions for other machines really take those machines' paths. */
class PathsTest {
  @Tag("paths")
  @Test
  void thePathAskedForIsTaken() {
    String wanted = System.getProperty("kiln.vector", "true");
    int bits = wanted.equals("false") ? 0 : wanted.equals("true") ? -1 : Integer.parseInt(wanted);
    Machine machine = Machine.here();
    assumeTrue(bits <= 0 || !machine.reason().contains("multiply-add"), machine.reason());
    if (bits >= 0) {
      assertThat(machine.vectorBits()).isEqualTo(bits);
      assertThat(Blas.name().contains("no vectors: kiln.vector=false")).isEqualTo(bits == 0);
    }
    boolean wide = machine.hasVectors();
    assertThat(machine.channelsLast()).isEqualTo(wide);
    for (DType dtype : DType.values()) {
      assertThat(Kernels.of(dtype).lanes()).isEqualTo(machine.lanes(dtype.bytes()));
      String patches = Kernels.of(dtype).patches().getClass().getPackageName();
      assertThat(patches.endsWith(".vector")).isEqualTo(wide);
    }
    if (System.getProperty("kiln.blas", "native").equals("java")) {
      assertThat(Blas.isNative()).isFalse();
    }
  }

  /** Lane by lane, then in a tree over the lanes, then what is left: the same bits everywhere. */
  @Tag("paths")
  @Test
  void sumsOverLanesHaveTheirWrittenOrder() {
    assumeTrue(Machine.here().hasVectors(), "the plain loops have no lanes");
    int lanes = Machine.here().lanes(Float.BYTES);
    Patches patches = Kernels.of(DType.FLOAT32).patches();
    for (int count : new int[] {0, 1, lanes, 2 * lanes, 5 * lanes + 3, 1000, 4099}) {
      Tensor maps = Tensor.zeros(Shape.of(1, count), DType.FLOAT32);
      for (int i = 0; i < count; i++) {
        maps.set(i, CounterRng.of(7).normal(i) * Math.pow(10, i % 7 - 3));
      }
      Tensor sum = Tensor.zeros(Shape.of(1), DType.FLOAT32);
      patches.sumColumns(maps, 0, 1, count, 0, sum, 0);
      float[] x = maps.floats();
      float[] even = new float[lanes];
      float[] odd = new float[lanes];
      int whole = count / (2 * lanes) * (2 * lanes);
      for (int i = 0; i < whole; i++) {
        float[] into = i / lanes % 2 == 0 ? even : odd;
        into[i % lanes] += x[i];
      }
      float rest = 0;
      for (int i = whole; i < count; i++) {
        rest += x[i];
      }
      for (int i = 0; i < lanes; i++) {
        even[i] += odd[i];
      }
      for (int half = lanes / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) {
          even[i] += even[i + half];
        }
      }
      assertThat(sum.get(0)).as("%d numbers", count).isEqualTo((double) (rest + even[0]));
    }
  }

  @Test
  void withoutFusedMultiplyAddThereAreNoVectorsAndTheNameSaysSo() throws Exception {
    assertThat(nameWith("-XX:-UseFMA"))
        .contains("no vectors: this CPU has no fused multiply-add, or the JVM does not use it)")
        .doesNotContain("Vector API");
    assertThat(nameWith("-XX:-UseFMA", "-Dkiln.vector=256")).contains("no fused multiply-add");
  }

  @Test
  void whatIsNoWidthIsSaid() throws Exception {
    assertThat(nameWith("-Dkiln.vector=100"))
        .contains("kiln.vector=100 is not true, false, 128, 256 or 512");
  }

  @Test
  void vectorsThatTheMachineHasNotAreSaidToBeEmulated() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "the flag is of Intel and AMD");
    assertThat(nameWith("-XX:UseAVX=1", "-Dkiln.vector=512"))
        .contains("512 bits")
        .containsPattern("emulated: this machine's vectors have (128|256) bits|fused multiply-add");
  }

  /** What another JVM with these options says is in use. */
  private static String nameWith(String... options) throws IOException, InterruptedException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("--add-modules=jdk.incubator.vector", "-cp", path));
    command.add(PathsTest.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return said;
  }

  /** Prints what is in use. */
  public static void main(String[] none) {
    System.out.println(Blas.name());
  }
}
