package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightedMomentsTest {
  @Test
  void theyAreThoseOfRowsThatAreRepeated() {
    Random random = new Random(5);
    WeightedMoments weighted = new WeightedMoments();
    ExactMoments repeated = new ExactMoments();
    for (int i = 0; i < 1000; i++) {
      double x = 1e9 + random.nextGaussian();
      int times = random.nextInt(4);
      weighted.add(x, times);
      for (int j = 0; j < times; j++) {
        repeated.add(x);
      }
    }
    assertThat(weighted.mean()).isEqualTo(repeated.mean());
    assertThat(weighted.deviation()).isEqualTo(repeated.deviation());
  }

  @Test
  void orderAndPartsMakeNoDifference() throws IOException {
    Random random = new Random(6);
    double[] xs = random.doubles(500, -1e6, 1e6).toArray();
    double[] weights = random.doubles(500, 0, 3).toArray();
    WeightedMoments forward = new WeightedMoments();
    WeightedMoments[] parts = {new WeightedMoments(), new WeightedMoments(), new WeightedMoments()};
    double sum = 0;
    double all = 0;
    for (int i = 0; i < xs.length; i++) {
      forward.add(xs[i], weights[i]);
      int back = xs.length - 1 - i;
      parts[i % 2].add(xs[back], weights[back]);
      sum += weights[i] * xs[i];
      all += weights[i];
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    parts[1].write(new DataOutputStream(bytes));
    parts[2].add(
        WeightedMoments.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
    parts[2].add(parts[0]);
    assertThat(parts[2].mean()).isEqualTo(forward.mean()).isCloseTo(sum / all, within(1e-6));
    assertThat(parts[2].deviation()).isEqualTo(forward.deviation());
  }

  @Test
  void nothingAndEqualNumbersHaveNoDeviation() {
    WeightedMoments moments = new WeightedMoments();
    assertThat(moments.mean()).isZero();
    moments.add(3, 0);
    assertThat(moments.deviation()).isZero();
    moments.add(0.1, 0.3);
    moments.add(0.1, 0.7);
    assertThat(moments.mean()).isEqualTo(0.1);
    assertThat(moments.deviation()).isZero();
  }
}
