package io.kiln.nn.train;

import io.kiln.nn.data.Batch;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.metric.Calibration;
import io.kiln.nn.metric.ScoreBins;
import io.kiln.nn.metric.Sums;
import io.kiln.nn.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What there is to see of answers beyond how many are right: scores of few classes, how far
 * confidence can be trusted, the worst answers, of pictures some drawn by lot too; of a regression,
 * pairs of numbers.
 *
 * <p>All of it is whole numbers, or chosen by an order in which no two are equal, so that parts may
 * be merged in any way and give the same bytes: for any number of shards' workers and threads. What
 * samples weigh does not count. Not thread-safe.
 */
public final class AnswerDetails {
  /** The most classes whose scores are kept. */
  public static final int MOST_CLASSES = 20;

  /** How many of the worst answers are kept. */
  public static final int WORST = 24;

  /** How many answers about pictures are drawn by lot. */
  public static final int DRAWN = 24;

  /** How many pairs of numbers are kept. */
  public static final int PAIRS = 1000;

  /**
   * A number and what was answered, in the units of the data.
   *
   * @param key by which few are drawn from many: a hash of sample and place
   * @param place of the sample's targets, all samples' in a row
   */
  public record NumberPair(long key, long place, double truth, double answer) {
    private static final Comparator<NumberPair> BY_KEY =
        Comparator.comparingLong(NumberPair::key).thenComparingLong(NumberPair::place);
  }

  private static final Comparator<ShownAnswer> BY_LOT =
      Comparator.comparingLong((ShownAnswer answer) -> hash(answer.sample()))
          .thenComparingLong(ShownAnswer::sample)
          .thenComparingInt(ShownAnswer::row);

  private final int classes;
  private final @Nullable ScoreBins scores;
  private final @Nullable Calibration calibration;
  private final TreeSet<ShownAnswer> worst = new TreeSet<>(ShownAnswer.WORST_FIRST);
  private final TreeSet<ShownAnswer> drawn = new TreeSet<>(BY_LOT);
  private final TreeSet<NumberPair> pairs = new TreeSet<>(NumberPair.BY_KEY);

  /** Nothing seen yet, of answers among that many classes; of numbers if there are none. */
  public AnswerDetails(int classes) {
    this.classes = classes;
    this.scores = classes >= 2 && classes <= MOST_CLASSES ? new ScoreBins(classes) : null;
    this.calibration = classes >= 2 ? new Calibration() : null;
  }

  /** Nothing seen yet, of the answers of a network that was trained on that loss. */
  public static AnswerDetails of(Network network, Loss loss) {
    return new AnswerDetails(Answers.of(network, loss).classes());
  }

  /** Scores of the classes; null for numbers and for too many classes. */
  public @Nullable ScoreBins scores() {
    return scores;
  }

  /** How far confidence can be trusted; null for numbers. */
  public @Nullable Calibration calibration() {
    return calibration;
  }

  /** The worst answers, the worst first. */
  public List<ShownAnswer> worst() {
    return List.copyOf(worst);
  }

  /** Some answers about pictures, right or wrong, in the order of the samples. */
  public List<ShownAnswer> drawn() {
    return drawn.stream().sorted(Comparator.comparingLong(ShownAnswer::sample)).toList();
  }

  /** Some pairs of a regression: those with the least hashes. */
  public List<NumberPair> pairs() {
    return List.copyOf(pairs);
  }

  /** Sees batches of one thread's evaluation. */
  static final class Watch {
    private final AnswerDetails details;
    private final Answers answers;
    private final AnswerScores row;
    private final TargetScale scale;

    Watch(AnswerDetails details, Network network, Loss loss, TargetScale scale) {
      this.details = details;
      this.answers = Answers.of(network, loss);
      this.row = new AnswerScores(network, loss);
      this.scale = scale;
    }

    /**
     * Sees the answers to a batch.
     *
     * @param numbers of the samples in its rows
     */
    void see(IntToLongFunction numbers, Batch batch, Tensor output) {
      if (answers.classes() == 0) {
        numbers(numbers, batch, output);
      } else if (answers.classes() > 1) {
        classes(numbers, batch, output);
      }
    }

    private void classes(IntToLongFunction samples, Batch batch, Tensor output) {
      int rows = answers.rows(batch.target());
      int each = rows / batch.size();
      for (int i = 0; i < rows; i++) {
        int truth = answers.truth(batch.target(), i);
        if (truth < 0) {
          continue;
        }
        row.read(output, i);
        int answer = answers.answer(output, i);
        double probability = row.probability(answer);
        if (details.scores != null) {
          details.scores.add(row.logOdds(), truth);
        }
        if (details.calibration != null) {
          details.calibration.add(probability, answer == truth);
        }
        int sample = i / each;
        long number = samples.applyAsLong(sample);
        boolean drawn = details.mayDraw(number) && ShownInput.isPicture(batch);
        if (answer != truth || drawn) {
          ShownAnswer one =
              new ShownAnswer(
                  number,
                  i % each,
                  truth,
                  answer,
                  probability,
                  row.surprise(truth),
                  ShownInput.NONE);
          if (answer != truth) {
            details.offer(one, batch, sample);
          }
          if (drawn) {
            details.draw(one.with(ShownInput.of(batch, sample)));
          }
        }
      }
    }

    private void numbers(IntToLongFunction samples, Batch batch, Tensor output) {
      int numbers = batch.target().count();
      int each = numbers / batch.size();
      for (int i = 0; i < numbers; i++) {
        double truth = scale.number(i, batch.target().get(i));
        double answer = scale.number(i, output.get(i));
        int sample = i / each;
        long number = samples.applyAsLong(sample);
        long place = number * each + i % each;
        details.offer(new NumberPair(hash(place), place, truth, answer));
        details.offer(
            new ShownAnswer(
                number,
                i % each,
                truth,
                answer,
                Double.NaN,
                Math.abs(answer - truth),
                ShownInput.NONE),
            batch,
            sample);
      }
    }
  }

  /** The finalizer of MurmurHash3 over 64 bits. */
  private static long hash(long place) {
    long h = place + 0x9e3779b97f4a7c15L;
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }

  private void offer(ShownAnswer answer, Batch batch, int sample) {
    if (worst.size() < WORST || ShownAnswer.WORST_FIRST.compare(answer, worst.last()) < 0) {
      keep(answer.with(ShownInput.of(batch, sample)));
    }
  }

  private void keep(ShownAnswer answer) {
    worst.add(answer);
    if (worst.size() > WORST) {
      worst.pollLast();
    }
  }

  /** Whether the lot of a sample is not worse than those drawn so far. */
  private boolean mayDraw(long sample) {
    return drawn.size() < DRAWN || hash(sample) <= hash(drawn.last().sample());
  }

  private void draw(ShownAnswer answer) {
    drawn.add(answer);
    if (drawn.size() > DRAWN) {
      drawn.pollLast();
    }
  }

  private void offer(NumberPair pair) {
    if (pairs.size() < PAIRS || NumberPair.BY_KEY.compare(pair, pairs.last()) < 0) {
      pairs.add(pair);
      if (pairs.size() > PAIRS) {
        pairs.pollLast();
      }
    }
  }

  /** Adds what was seen of other samples. */
  public void merge(AnswerDetails other) {
    if (scores != null && other.scores != null) {
      scores.merge(other.scores.sums());
    }
    if (calibration != null && other.calibration != null) {
      calibration.merge(other.calibration.sums());
    }
    other.worst.forEach(this::keep);
    other.drawn.forEach(this::draw);
    other.pairs.forEach(this::offer);
  }

  /** All of it, to be read by {@link #of}. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(classes);
      write(out, scores);
      write(out, calibration);
      out.writeInt(worst.size());
      for (ShownAnswer answer : worst) {
        answer.write(out);
      }
      out.writeInt(drawn.size());
      for (ShownAnswer answer : drawn) {
        answer.write(out);
      }
      out.writeInt(pairs.size());
      for (NumberPair pair : pairs) {
        out.writeLong(pair.key);
        out.writeLong(pair.place);
        out.writeDouble(pair.truth);
        out.writeDouble(pair.answer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory throws none
    }
    return bytes.toByteArray();
  }

  /**
   * What {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if it did not
   */
  public static AnswerDetails of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      AnswerDetails details = new AnswerDetails(in.readInt());
      read(in, details.scores);
      read(in, details.calibration);
      for (int left = in.readInt(); left > 0; left--) {
        details.keep(ShownAnswer.read(in));
      }
      for (int left = in.readInt(); left > 0; left--) {
        details.draw(ShownAnswer.read(in));
      }
      for (int left = in.readInt(); left > 0; left--) {
        details.offer(
            new NumberPair(in.readLong(), in.readLong(), in.readDouble(), in.readDouble()));
      }
      return details;
    } catch (IOException e) {
      throw new IllegalArgumentException("answer details: the bytes end too early", e);
    }
  }

  /** Counts are few in many bins: place and value of those above 0. */
  private static void write(DataOutputStream out, @Nullable Sums sums) throws IOException {
    if (sums == null) {
      return;
    }
    double[] all = sums.sums();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < all.length; i++) {
      if (all[i] != 0) {
        places.add(i);
      }
    }
    out.writeInt(all.length);
    out.writeInt(places.size());
    for (int place : places) {
      out.writeInt(place);
      out.writeDouble(all[place]);
    }
  }

  private static void read(DataInputStream in, @Nullable Sums sums) throws IOException {
    if (sums == null) {
      return;
    }
    double[] all = new double[in.readInt()];
    for (int left = in.readInt(); left > 0; left--) {
      int place = in.readInt();
      all[place] = in.readDouble();
    }
    sums.merge(all);
  }
}
