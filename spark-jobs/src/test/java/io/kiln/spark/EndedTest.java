package io.kiln.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.spark.SparkUserAppException;
import org.junit.jupiter.api.Test;

class EndedTest {
  private final List<Integer> exits = new ArrayList<>();

  private static Properties spark(String master, String mode) {
    Properties properties = new Properties();
    properties.setProperty("spark.master", master);
    properties.setProperty("spark.submit.deployMode", mode);
    return properties;
  }

  @Test
  void theMasterOfYarnGetsAReturnOrAnExceptionAndNeverAnExit() throws Exception {
    Ended.with(0, spark("yarn", "cluster"), exits::add);
    assertThatThrownBy(() -> Ended.with(4, spark("yarn", "cluster"), exits::add))
        .isInstanceOfSatisfying(
            SparkUserAppException.class, e -> assertThat(e.exitCode()).isEqualTo(4));
    assertThat(exits).isEmpty();
  }

  @Test
  void everywhereElseTheJvmExitsWithTheCode() throws Exception {
    Ended.with(0, new Properties(), exits::add);
    Ended.with(2, spark("yarn", "client"), exits::add);
    Ended.with(3, spark("spark://h:7077", "cluster"), exits::add);
    assertThat(exits).containsExactly(0, 2, 3);
  }

  @Test
  void onlyAStandaloneDriverWithoutSparksOptionsIsStartedAgain() {
    Properties standalone = spark("spark://h:7077", "cluster");
    assertThat(DriverJvm.lacksOptions(standalone, false)).isTrue();
    assertThat(DriverJvm.lacksOptions(standalone, true)).isFalse();
    assertThat(DriverJvm.lacksOptions(spark("spark://h:7077", "client"), false)).isFalse();
    assertThat(DriverJvm.lacksOptions(spark("yarn", "cluster"), false)).isFalse();
    assertThat(DriverJvm.lacksOptions(new Properties(), false)).isFalse();
    standalone.setProperty("kiln.driver.owner", "1");
    assertThat(DriverJvm.lacksOptions(standalone, false)).isFalse();
  }

  @Test
  void theSecondJvmHasSparksOptionsAndThoseOfTheFirst() {
    assertThat(DriverJvm.command(List.of("-Xmx700m", "-Da=b c"), "x.jar", List.of("train", "a b")))
        .contains("--add-opens=java.base/java.nio=ALL-UNNAMED", "-Xmx700m", "-Da=b c")
        .endsWith("-cp", "x.jar", "io.kiln.spark.Main", "train", "a b");
  }
}
