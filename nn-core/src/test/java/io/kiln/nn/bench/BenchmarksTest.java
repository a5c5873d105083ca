package io.kiln.nn.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.zoo.Models;
import org.junit.jupiter.api.Test;

class BenchmarksTest {
  @Test
  void namesSayTheWidthsAndTheBatch() {
    BenchCase one = Benchmarks.of("mlp-20-16-5-b12");
    assertThat(one.batch()).isEqualTo(12);
    assertThat(one.network().get().params().parameterCount()).isEqualTo(20 * 16 + 16 + 16 * 5 + 5);
  }

  @Test
  void everyNetworkForImagesHasItsCase() {
    assertThat(Models.madeFor().keySet())
        .contains("lenet", "cifar-cnn", "vgg16", "vgg19", "resnet18", "resnet34", "resnet50")
        .contains("resnet20", "resnet32", "resnet56", "squeezenet1-1");
    for (String name : Models.madeFor().keySet()) {
      assertThat(Benchmarks.of(name + "-b3").batch()).as(name).isEqualTo(3);
    }
    try (Stepper stepper = new Stepper(Benchmarks.of("resnet20-b4"), 2)) {
      double first = stepper.step();
      double last = first;
      for (int i = 0; i < 10; i++) {
        last = stepper.step();
      }
      assertThat(last).isLessThan(first);
    }
  }

  @Test
  void unknownNameIsRefusedWithAnExample() {
    assertThatThrownBy(() -> Benchmarks.of("mlp-b64"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "bench: there is no case 'mlp-b64'; name one like mlp-784-256-10-b64, or one of");
  }

  @Test
  void trainingOnTheSameSamplesLowersTheLossOnAnyNumberOfThreads() {
    for (int threads = 1; threads <= 3; threads++) {
      try (Stepper stepper = new Stepper(Benchmarks.of("mlp-20-16-5-b12"), threads)) {
        double first = stepper.step();
        double last = first;
        for (int i = 0; i < 300; i++) {
          last = stepper.step();
        }
        assertThat(last).isLessThan(0.95 * first);
      }
    }
  }

  @Test
  void aStepAllocatesNextToNothing() {
    BenchResult result = Benchmarks.run(Benchmarks.of("mlp-784-256-10-b64"), 0.5, 1);
    assertThat(result.bytesPerStep()).isLessThan(1024);
    assertThat(result.json())
        .startsWith("{\"name\":\"mlp-784-256-10-b64\",\"samples_per_second\":");
  }
}
