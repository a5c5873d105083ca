package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  private static final MathContext PRECISE = new MathContext(80);

  private static double[] numbers(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          switch (random.nextInt(6)) {
            case 0 -> random.nextInt(-1000, 1000);
            case 1 -> (float) random.nextDouble(-10, 10);
            case 2 -> Math.scalb(random.nextDouble(-1, 1), random.nextInt(-1074, 1020));
            case 3 -> random.nextBoolean() ? Double.MIN_VALUE : -Double.MAX_VALUE;
            case 4 -> Double.MAX_VALUE;
            default -> 0;
          };
    }
    return numbers;
  }

  @Test
  void sumsOfAnyDoublesAreExact() {
    for (long seed = 1; seed <= 30; seed++) {
      ExactSum sum = new ExactSum();
      ExactSum squares = new ExactSum();
      BigDecimal expected = BigDecimal.ZERO;
      BigDecimal expectedSquares = BigDecimal.ZERO;
      for (double x : numbers(seed, 200)) {
        sum.add(x);
        squares.addSquare(x);
        expected = expected.add(new BigDecimal(x));
        expectedSquares = expectedSquares.add(new BigDecimal(x).pow(2));
      }
      assertThat(sum.exact()).as("seed %s", seed).isEqualByComparingTo(expected);
      assertThat(squares.exact()).as("seed %s", seed).isEqualByComparingTo(expectedSquares);
    }
  }

  @Test
  void partsAddUpInAnyOrderAndThroughBytes() throws IOException {
    double[] numbers = numbers(7, 1000);
    ExactSum whole = new ExactSum();
    ExactSum[] parts = {new ExactSum(), new ExactSum(), new ExactSum(), new ExactSum()};
    for (int i = 0; i < numbers.length; i++) {
      whole.add(numbers[i]);
      parts[i * 7 % 4].add(numbers[i]);
    }
    for (int begin = 0; begin < 4; begin++) {
      ExactSum sum = new ExactSum();
      for (int i = 0; i < 4; i++) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        parts[(begin + i) % 4].write(new DataOutputStream(bytes));
        sum.add(ExactSum.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
      }
      assertThat(sum).isEqualTo(whole);
    }
  }

  @Test
  void carriesArePutOffButNeverLost() {
    double most = Math.nextUp(1.0);
    ExactSum sum = new ExactSum();
    sum.add(most);
    for (int i = 0; i < 100; i++) {
      ExactSum twice = new ExactSum();
      twice.add(sum);
      twice.add(sum);
      sum = twice;
    }
    assertThat(sum.exact())
        .isEqualByComparingTo(new BigDecimal(most).multiply(BigDecimal.valueOf(2).pow(100)));
    double large = -Math.nextDown(2.0);
    double small = Double.MIN_VALUE;
    ExactSum negative = new ExactSum();
    for (int i = 0; i < 1000; i++) {
      negative.add(large);
      negative.add(small);
    }
    assertThat(negative.exact())
        .isEqualByComparingTo(
            new BigDecimal(large).add(new BigDecimal(small)).multiply(BigDecimal.valueOf(1000)));
  }

  @Test
  void meanAndDeviationAreTheExactOnesRoundedOnce() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 50; round++) {
      int n = 1 + random.nextInt(300);
      double offset = round % 2 == 0 ? 0 : 1e9;
      ExactMoments moments = new ExactMoments();
      BigDecimal sum = BigDecimal.ZERO;
      double[] numbers = new double[n];
      for (int i = 0; i < n; i++) {
        numbers[i] = offset + random.nextDouble(-3, 5);
        moments.add(numbers[i]);
        sum = sum.add(new BigDecimal(numbers[i]));
      }
      BigDecimal mean = sum.divide(BigDecimal.valueOf(n), PRECISE);
      BigDecimal squares = BigDecimal.ZERO;
      for (double x : numbers) {
        squares = squares.add(new BigDecimal(x).subtract(mean).pow(2));
      }
      BigDecimal variance = squares.divide(BigDecimal.valueOf(n), PRECISE);
      assertThat(moments.mean()).isEqualTo(mean.doubleValue());
      assertThat(moments.deviation()).isEqualTo(variance.sqrt(PRECISE).doubleValue());
    }
  }

  @Test
  void missingNumbersCountAsTheMean() {
    ExactMoments moments = new ExactMoments();
    for (double x : new double[] {1, 3, Double.NaN, Double.NaN}) {
      moments.add(x);
    }
    assertThat(moments.missing()).isEqualTo(2);
    assertThat(moments.mean()).isEqualTo(2);
    assertThat(moments.deviation()).isEqualTo(Math.sqrt(0.5));
    assertThat(new ExactMoments().deviation()).isZero();
  }
}
