package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Loss, accuracy, confusion and errors of training and evaluation under every loss and its options,
 * against sums worked out from outputs and targets one by one. Set {@code kiln.test.seed} to see a
 * case again.
 */
@Timeout(120)
class MetricsPropertyTest {
  private static final double NEAR = 1e-9;

  @RepeatedTest(5)
  void everyLossIsCountedAlikeInTrainingAndEvaluation() throws Exception {
    long seed = Long.getLong("kiln.test.seed", System.nanoTime());
    System.out.println("kiln.test.seed=" + seed);
    Random random = new Random(seed);
    for (String kind : PlainLoss.KINDS) {
      PlainLoss plain = PlainLoss.random(kind, random);
      Dataset train = plain.data(5 + random.nextInt(40), random);
      Dataset held = plain.data(1 + random.nextInt(30), random);
      int workers = 1 + random.nextInt(3);
      FitOptions options =
          FitOptions.of(1, 1 + random.nextInt(20), random.nextLong())
              .withShards(workers + random.nextInt(4))
              .withThreads(1 + random.nextInt(2));
      String what = "kiln.test.seed=" + seed + " " + plain + " " + options + " " + workers;
      Network network = plain.network(train, random.nextLong());
      PlainLoss.Sums training = plain.sums(network, train);
      PlainLoss.Sums holding = plain.sums(network, held);
      for (EpochRecord epoch :
          Workers.run(
              workers,
              collective -> still(network, plain.loss(), train, held, options, collective))) {
        near(epoch.trainLoss(), training.loss(), what);
        near(epoch.trainAccuracy(), training.accuracy(), what);
        near(epoch.validationLoss(), holding.loss(), what);
        near(epoch.validationAccuracy(), holding.accuracy(), what);
        assertThat(epoch.trainAccuracy() > 1).as(what).isFalse();
      }
      for (Evaluation evaluation :
          Workers.run(
              workers,
              collective ->
                  new Evaluator(network, plain.loss())
                      .evaluate(held, options.shards(), collective))) {
        near(evaluation.loss(), holding.loss(), what);
        near(evaluation.accuracy(), holding.accuracy(), what);
        assertThat(evaluation.confusion()).as(what).isDeepEqualTo(holding.confusion());
        near(evaluation.rmse(), holding.rmse(), what);
        near(evaluation.errors().mae(), holding.mae(), what);
        near(evaluation.errors().r2(), holding.r2(), what);
      }
    }
  }

  /** One epoch that leaves the weights as they are, with weights of this worker alone. */
  private static EpochRecord still(
      Network network,
      Loss loss,
      Dataset train,
      Dataset held,
      FitOptions options,
      Collective collective)
      throws java.io.IOException {
    Network own = PlainLoss.copy(network);
    ParameterUpdate.Rule rule = PlainLoss.standing();
    FitListener quiet = new FitListener() {};
    FitResult result = new Fit(own, loss, rule, train, held, options, collective, quiet).run();
    assertThat(own.params().values().toArray()).isEqualTo(network.params().values().toArray());
    return result.history().get(0);
  }

  @RepeatedTest(5)
  void weightsOfSamplesWeighLossAndDivisorAlike() {
    long seed = Long.getLong("kiln.test.seed", System.nanoTime());
    System.out.println("kiln.test.seed=" + seed);
    Random random = new Random(seed);
    for (String kind : PlainLoss.KINDS) {
      PlainLoss plain = PlainLoss.random(kind, random);
      int n = 1 + random.nextInt(9);
      Dataset data = plain.data(n, random);
      Network network = plain.network(data, random.nextLong());
      Tensor weights = Tensor.zeros(Shape.of(n), DType.FLOAT64);
      for (int i = 0; i < n; i++) {
        weights.set(i, random.nextInt(4) == 0 ? 0 : random.nextDouble() * 3);
      }
      weights.set(random.nextInt(n), 1);
      Tensor outputs = plain.outputs(network, data);
      Tensor targets = plain.targets(data);
      Tape tape = new Tape(DType.FLOAT64);
      Var sum =
          plain.loss().sum(tape.variable(outputs), tape.constant(targets), tape.constant(weights));
      tape.forward();
      PlainLoss.Sums expected = plain.sums(network, data, weights);
      String what = "kiln.test.seed=" + seed + " " + plain;
      double unit = plain.loss().unit(plain.scale().deviation());
      near(sum.value().get(0) * unit, expected.lossSum(), what);
      near(plain.loss().weight(targets, weights), expected.weight(), what);
    }
  }

  private static void near(double value, double expected, String what) {
    if (Double.isNaN(expected)) {
      assertThat(value).as(what).isNaN();
    } else {
      double bound = NEAR * Math.max(1, Math.abs(expected));
      assertThat(value).as(what).isCloseTo(expected, within(bound));
    }
  }

  @Test
  void accuracyWithClassWeightsIsAShare() throws Exception {
    PlainLoss plain = PlainLoss.weighted(0.25, 0.25);
    Random random = new Random(1);
    Dataset train = plain.data(100, random);
    Network network = plain.network(train, 1);
    FitOptions options = FitOptions.of(1, 10, 1);
    EpochRecord epoch = still(network, plain.loss(), train, train, options, Collective.alone());
    assertThat(epoch.trainAccuracy()).isEqualTo(epoch.validationAccuracy()).isBetween(0.0, 1.0);
  }
}
