package io.kiln.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.collective.AllReduceProbe.Timing;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DoctorTest {
  private static final Offset<Double> NEAR = Offset.offset(1e-9);

  private static DoctorReport report(int workers) {
    return new DoctorReport(
        List.of(),
        workers,
        "sockets",
        List.of(new Timing(1, 0.0001), new Timing(1_000_000, 0.0041), new Timing(2_000_001, 0.01)));
  }

  @Test
  void timesBetweenAndBeyondTheMeasuredLengthsAreOnALine() {
    assertThat(report(2).allReduceSeconds(1)).isEqualTo(0.0001);
    assertThat(report(2).allReduceSeconds(500_000)).isCloseTo(0.0021, Offset.offset(1e-5));
    assertThat(report(2).allReduceSeconds(1_000_000)).isCloseTo(0.0041, NEAR);
    assertThat(report(2).allReduceSeconds(4_000_002)).isCloseTo(0.0218, Offset.offset(1e-4));
  }

  @Test
  void efficiencyIsTheShareOfComputing() {
    assertThat(report(2).efficiency(1_000_000, 4.1)).isCloseTo(0.5, NEAR);
    assertThat(report(1).efficiency(1_000_000, 4.1)).isEqualTo(1);
  }

  @Test
  @Tag("spark")
  @Timeout(1200)
  void theGangIsMeasured() {
    try (JavaSparkContext spark = TestSpark.start("local[2]")) {
      DoctorReport report = Doctor.examine(spark, GangOptions.of(spark.getConf(), 2), 1);
      assertThat(report.executors()).hasSize(1);
      assertThat(report.executors().get(0).workers()).isEqualTo(2);
      assertThat(report.executors().get(0).oneThread()).isPositive();
      assertThat(report.executors().get(0).allThreads()).isPositive();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      String text = bytes.toString(StandardCharsets.UTF_8);
      System.out.println(text);
      assertThat(text)
          .contains("driver")
          .contains("all-reduce of 2 workers through memory of one JVM:")
          .contains("predicted scaling efficiency");
    }
  }
}
