package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodingTest {
  private static final int WORDS = 7;
  private static final int END = 2;

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void stepsGiveTheScoresOfTheWholeSequence(String cell) {
    Network network = captions(cell, 2);
    Tensor features = numbers(Shape.of(2, 5));
    int[][] words = {{1, 3, 4, 6}, {1, 0, 5, 3}};
    Tape tape = new Tape(DType.FLOAT64);
    Tensor all = Tensor.zeros(Shape.of(2, 4), DType.FLOAT64);
    for (int i = 0; i < 8; i++) {
      all.set(i, words[i / 4][i % 4]);
    }
    Var y =
        network.record(
            tape,
            List.of(tape.constant(features), tape.constant(all)),
            (s, in) -> network.model().forward(s, in));
    tape.forward();
    WordStepper stepper = WordStepper.of(network, 2);
    for (int round = 0; round < 2; round++) {
      stepper.start(List.of(features));
      for (int t = 0; t < 4; t++) {
        Tensor scores = stepper.scores(new int[] {words[0][t], words[1][t]});
        for (int i = 0; i < 2 * WORDS; i++) {
          double whole = y.value().get((i / WORDS * 4 + t) * WORDS + i % WORDS);
          assertThat(scores.get(i)).isCloseTo(whole, within(1e-12));
        }
      }
    }
  }

  @Test
  void beamFindsTheLikeliestOfAllSequences() {
    Network network = captions("gru", 1);
    Tensor features = numbers(Shape.of(1, 5));
    List<Integer> best = new ArrayList<>();
    double most = bestOfAll(network, features, new ArrayList<>(), 0, best);
    WordStepper stepper = WordStepper.of(network, 200);
    stepper.start(List.of(repeated(features, 200)));
    Decoding.Candidate found = Decoding.beam(stepper, 1, END, 3, 0).get(0);
    assertThat(found.words()).isEqualTo(best);
    assertThat(found.logProbability()).isCloseTo(most, within(1e-10));
  }

  /**
   * A network that is sure of six words, then of the end: no candidate that ends before is better.
   */
  @Test
  void aSureNetworkIsNotCutShortByEndsNobodyBelievesIn() {
    Network network = captions("rnn", 1);
    network.params().entries().forEach(entry -> network.params().value(entry.name()).fill(0));
    Tensor u = network.params().value("rnn.weight_hh_l0");
    for (int i = 0; i + 1 < 6; i++) {
      u.set((i + 1) * 6 + i, 3); // state i is followed by state i + 1
    }
    Tensor score = network.params().value("score.weight");
    int[] said = {1, 3, 4, 5, 6, END};
    for (int i = 0; i < 6; i++) {
      score.set(said[i] * 6 + i, 20);
    }
    Tensor bias = network.params().value("project.bias");
    bias.set(0, 3);
    Tensor features = Tensor.zeros(Shape.of(1, 5), DType.FLOAT64);
    for (int width : new int[] {1, 2, 3, 5}) {
      WordStepper stepper = WordStepper.of(network, width);
      stepper.start(List.of(repeated(features, width)));
      Decoding.Candidate found = Decoding.beam(stepper, 1, END, 8, 0.7).get(0);
      assertThat(found.words()).as("width %s", width).containsExactly(3, 4, 5, 6);
    }
  }

  @Test
  void aWordThatIsNeverToComeDoesNotCome() {
    Network network = captions("lstm", 1);
    WordStepper stepper = WordStepper.of(network, 2);
    Tensor features = repeated(numbers(Shape.of(1, 5)), 2);
    stepper.start(List.of(features));
    int first = Decoding.greedy(stepper, 1, -1, 6).get(0).get(0);
    stepper.never(first).start(List.of(features));
    assertThat(Decoding.greedy(stepper, 1, -1, 6).get(0)).doesNotContain(first).hasSize(6);
    stepper.start(List.of(features));
    assertThat(Decoding.beam(stepper, 1, -1, 6, 0).get(0).words()).doesNotContain(first);
    assertThatThrownBy(() -> stepper.never(WORDS)).hasMessageContaining("there are 7 words");
  }

  @Test
  void beamOfWidthOneIsGreedy() {
    Network network = captions("lstm", 1);
    Tensor features = numbers(Shape.of(1, 5));
    WordStepper stepper = WordStepper.of(network, 1);
    stepper.start(List.of(features));
    List<Integer> greedy = Decoding.greedy(stepper, 1, -1, 6).get(0);
    stepper.start(List.of(features));
    assertThat(Decoding.beam(stepper, 1, -1, 6, 0).get(0).words()).isEqualTo(greedy).hasSize(6);
  }

  @Test
  void samplesAreAFunctionOfTheSeedAndColdOnesAreGreedy() {
    SampleSpec spec = new SampleSpec(List.of(Shape.of(4)), Shape.of(4), WORDS, List.of());
    Settings settings =
        Settings.of("model", Map.of("type", "char-rnn", "hidden", 9, "embedding", 0));
    Network network = Network.of(Models.from(settings, spec), spec, DType.FLOAT64, 3);
    WordStepper stepper = WordStepper.of(network, 3);
    List<List<List<Integer>>> drawn = new ArrayList<>();
    for (long seed : new long[] {5, 5, 6}) {
      stepper.start(List.of());
      drawn.add(Decoding.sample(stepper, 1, -1, 40, 1, 0, seed));
    }
    assertThat(drawn.get(1)).isEqualTo(drawn.get(0)).isNotEqualTo(drawn.get(2));
    assertThat(drawn.get(0).get(0)).hasSize(40).isNotEqualTo(drawn.get(0).get(1));
    stepper.start(List.of());
    List<List<Integer>> greedy = Decoding.greedy(stepper, 1, -1, 40);
    stepper.start(List.of());
    assertThat(Decoding.sample(stepper, 1, -1, 40, 1e-6, 0, 1)).isEqualTo(greedy);
    stepper.start(List.of());
    assertThat(Decoding.sample(stepper, 1, -1, 40, 1, 1, 1)).isEqualTo(greedy);
  }

  @Test
  void severalNetworksScoreByTheMeanOfTheirProbabilities() {
    Network one = captions("lstm", 1);
    Network other = captions("gru", 2);
    Tensor features = numbers(Shape.of(2, 5));
    int[] reordered = {1, 1};
    double[] first = chances(List.of(one), features, reordered);
    double[] second = chances(List.of(other), features, reordered);
    double[] both = chances(List.of(one, other), features, reordered);
    for (int i = 0; i < both.length; i++) {
      assertThat(both[i]).isCloseTo((first[i] + second[i]) / 2, within(1e-12));
    }
    assertThat(first).isNotEqualTo(second);
  }

  /** Probabilities of the third word, the states of the second reordered. */
  private static double[] chances(List<Network> networks, Tensor features, int[] from) {
    WordStepper stepper = WordStepper.of(networks, 2);
    stepper.start(List.of(features));
    stepper.scores(new int[] {1, 1});
    stepper.scores(new int[] {3, 4});
    stepper.reorder(from);
    double[] scores = stepper.scores(new int[] {5, 6}).toArray();
    double[] chances = Arrays.stream(scores).map(Math::exp).toArray();
    for (int row = 0; row < 2; row++) {
      double sum = Arrays.stream(chances, row * WORDS, (row + 1) * WORDS).sum();
      for (int i = row * WORDS; i < (row + 1) * WORDS; i++) {
        chances[i] /= sum;
      }
    }
    return chances;
  }

  @Test
  void networksOfOtherWordsOrNoneAreRefused() {
    SampleSpec spec = new SampleSpec(List.of(Shape.of(4)), Shape.of(4), WORDS + 1, List.of());
    Settings text = Settings.of("model", Map.of("type", "char-rnn", "hidden", 3));
    Network wider = Network.of(Models.from(text, spec), spec, DType.FLOAT64, 1);
    assertThatThrownBy(() -> WordStepper.of(List.of(captions("gru", 1), wider), 1))
        .hasMessage(
            "stepper: networks of ["
                + WORDS
                + ", "
                + (WORDS + 1)
                + "] words came but they must score the same words");
    assertThatThrownBy(() -> WordStepper.of(List.of(), 1))
        .hasMessage("stepper: networks of [] words came but they must score the same words");
  }

  @Test
  void networkWithoutWordsIsRefused() {
    SampleSpec spec = SampleSpec.classification(Shape.of(4), 3);
    Network mlp =
        Network.of(
            Models.from(Settings.of("model", Map.of("type", "mlp")), spec), spec, DType.FLOAT32, 1);
    assertThatThrownBy(() -> WordStepper.of(mlp, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "stepper: the network is a Mlp but one over words is needed, such as caption-rnn or"
                + " char-rnn");
  }

  private static Network captions(String cell, int layers) {
    SampleSpec spec =
        new SampleSpec(List.of(Shape.of(5), Shape.of(4)), Shape.of(4), WORDS, List.of());
    Settings settings =
        Settings.of(
            "model",
            Map.of(
                "type", "caption-rnn", "cell", cell, "hidden", 6, "embedding", 4, "depth", layers));
    Network network = Network.of(Models.from(settings, spec), spec, DType.FLOAT64, 1);
    Tensor score = network.params().value("score.weight");
    for (int i = 0; i < score.count(); i++) {
      score.set(i, 4 * score.get(i));
    }
    return network;
  }

  /** Tries every sequence of at most 3 words and its end. */
  private static double bestOfAll(
      Network network, Tensor features, List<Integer> words, double log, List<Integer> best) {
    if (words.size() == 3) {
      best.clear();
      best.addAll(words);
      return log;
    }
    double most = Double.NEGATIVE_INFINITY;
    List<Integer> mine = new ArrayList<>();
    WordStepper stepper = WordStepper.of(network, 1);
    stepper.start(List.of(features));
    Tensor scores = stepper.scores(new int[] {1});
    for (int word : words) {
      scores = stepper.scores(new int[] {word});
    }
    double[] x = scores.toArray();
    double total = Math.log(Arrays.stream(x).map(Math::exp).sum());
    for (int word = 0; word < WORDS; word++) {
      List<Integer> tail = new ArrayList<>(words);
      double here = log + x[word] - total;
      if (word != END) {
        tail.add(word);
        List<Integer> under = new ArrayList<>();
        here = bestOfAll(network, features, tail, here, under);
        tail = under;
      }
      if (here > most) {
        most = here;
        mine = tail;
      }
    }
    best.clear();
    best.addAll(mine);
    return most;
  }

  private static Tensor repeated(Tensor row, int times) {
    Tensor rows = Tensor.zeros(Shape.of(times, row.count()), row.dtype());
    for (int i = 0; i < times; i++) {
      rows.rows(i, i + 1).copyFrom(row);
    }
    return rows;
  }

  private static Tensor numbers(Shape shape) {
    Tensor x = Tensor.zeros(shape, DType.FLOAT64);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, Math.sin(3.1 * i + 1));
    }
    return x;
  }
}
