package io.kiln.nn.zoo;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Ways to make sequences of words from a network's scores: the likeliest word each time, a random
 * one, or a search with several candidates.
 *
 * <p>All begin where {@link WordStepper#start} left off. The words returned contain neither the
 * first word nor the word that ends a sequence.
 */
public final class Decoding {
  private Decoding() {}

  /**
   * A sequence found by a search.
   *
   * @param words the words
   * @param logProbability log of its probability, natural
   * @param score what it was ranked by
   */
  public record Candidate(List<Integer> words, double logProbability, double score) {
    /** Copies the list. */
    public Candidate {
      words = List.copyOf(words);
    }
  }

  /**
   * The likeliest word each time.
   *
   * @param first the word each sequence begins with
   * @param end the word that ends a sequence, or −1 for none
   * @param length the most words
   * @return the words of each sequence of the stepper
   */
  public static List<List<Integer>> greedy(WordStepper stepper, int first, int end, int length) {
    return run(stepper, first, end, length, (row, step, logs) -> likeliest(logs));
  }

  /**
   * A random word each time, with probability proportional to p^(1/temperature); below 1 likely
   * words become likelier.
   *
   * @param seed of the random numbers; the same seed gives the same words
   * @param top only so many of the likeliest words are drawn from; 0: all
   */
  public static List<List<Integer>> sample(
      WordStepper stepper, int first, int end, int length, double temperature, int top, long seed) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException(
          "decoding: temperature " + temperature + " came but it must be above 0");
    }
    CounterRng rng = CounterRng.of(seed);
    return run(
        stepper,
        first,
        end,
        length,
        (row, step, logs) -> draw(logs, temperature, top, rng.fork(row).uniform(step)));
  }

  /** Chooses a word from the logs of probabilities. */
  private interface Choice {
    int choose(int row, int step, double[] logs);
  }

  private static List<List<Integer>> run(
      WordStepper stepper, int first, int end, int length, Choice choice) {
    int rows = stepper.rows();
    List<List<Integer>> sequences = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      sequences.add(new ArrayList<>());
    }
    boolean[] done = new boolean[rows];
    int[] next = new int[rows];
    Arrays.fill(next, first);
    double[] logs = new double[stepper.words()];
    int left = rows;
    for (int step = 0; step < length && left > 0; step++) {
      Tensor scores = stepper.scores(next);
      for (int row = 0; row < rows; row++) {
        if (!done[row]) {
          logProbabilities(scores, row, logs);
          next[row] = choice.choose(row, step, logs);
          done[row] = next[row] == end;
          left -= done[row] ? 1 : 0;
          if (!done[row]) {
            sequences.get(row).add(next[row]);
          }
        }
      }
    }
    return sequences;
  }

  /**
   * Beam search: keeps the best sequences of each length, as many as the stepper has rows, and
   * extends each by every word. All rows must have been started alike.
   *
   * <p>Finished sequences are ranked by log p / length^penalty (length counts the end; penalty 0
   * ranks by probability, which favours short ones, 1 by the mean over words). A sequence is
   * finished only if that is among its step's best continuations, as many as there are rows: where
   * the network is sure, ends that nobody believes in must not crowd out what goes on. The search
   * ends when no open sequence can overtake as many finished ones as there are rows, or at the
   * greatest length.
   *
   * @return candidates, the best first, at most as many as rows
   */
  public static List<Candidate> beam(
      WordStepper stepper, int first, int end, int length, double penalty) {
    int width = stepper.rows();
    int count = stepper.words();
    List<Candidate> finished = new ArrayList<>();
    List<Candidate> open = new ArrayList<>(List.of(new Candidate(List.of(), 0, 0)));
    int[] next = new int[width];
    Arrays.fill(next, first);
    double[] logs = new double[count];
    for (int step = 0;
        step < length && mayImprove(open, finished, length, width, penalty);
        step++) {
      Tensor scores = stepper.scores(next);
      List<Extension> extensions = new ArrayList<>();
      for (int row = 0; row < open.size(); row++) {
        logProbabilities(scores, row, logs);
        addBest(extensions, row, open.get(row).logProbability(), logs, 2 * width);
      }
      extensions.sort(Comparator.comparingDouble(Extension::logProbability).reversed());
      List<Candidate> longer = new ArrayList<>();
      int[] from = new int[width];
      for (int rank = 0; rank < extensions.size(); rank++) {
        Extension one = extensions.get(rank);
        List<Integer> words = open.get(one.row).words();
        if (one.word == end && rank >= width) {
          continue;
        }
        if (one.word == end) {
          double score = one.logProbability / Math.pow(words.size() + 1, penalty);
          finished.add(new Candidate(words, one.logProbability, score));
        } else if (longer.size() < width) {
          from[longer.size()] = one.row;
          next[longer.size()] = one.word;
          List<Integer> more = new ArrayList<>(words);
          more.add(one.word);
          double score = one.logProbability / Math.pow(more.size(), penalty);
          longer.add(new Candidate(more, one.logProbability, score));
        }
      }
      open = longer;
      stepper.reorder(from);
    }
    if (finished.size() < width) {
      finished.addAll(open);
    }
    finished.sort(Comparator.comparingDouble(Candidate::score).reversed());
    return List.copyOf(finished.subList(0, Math.min(width, finished.size())));
  }

  /** Whether an open sequence, of which log p only falls, can still be one of the best. */
  private static boolean mayImprove(
      List<Candidate> open, List<Candidate> finished, int length, int width, double penalty) {
    if (open.isEmpty() || finished.size() < width) {
      return !open.isEmpty();
    }
    double worst =
        finished.stream()
            .map(Candidate::score)
            .sorted(Comparator.reverseOrder())
            .skip(width - 1L)
            .findFirst()
            .orElse(Double.NEGATIVE_INFINITY);
    double log = open.get(0).logProbability();
    double longest = penalty > 0 ? length : open.get(0).words().size() + 1;
    return log / Math.pow(longest, penalty) > worst;
  }

  private record Extension(int row, int word, double logProbability) {}

  private static void addBest(
      List<Extension> extensions, int row, double before, double[] logs, int most) {
    double least = nthGreatest(logs, most);
    for (int word = 0; word < logs.length; word++) {
      if (logs[word] >= least) {
        extensions.add(new Extension(row, word, before + logs[word]));
      }
    }
  }

  /** The n-th greatest; a queue of the n greatest so far, since n is small beside the words. */
  private static double nthGreatest(double[] values, int n) {
    if (n >= values.length) {
      return Double.NEGATIVE_INFINITY;
    }
    PriorityQueue<Double> greatest = new PriorityQueue<>(n);
    double least = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (greatest.size() < n) {
        greatest.add(value);
        least = greatest.element();
      } else if (value > least) {
        greatest.remove();
        greatest.add(value);
        least = greatest.element();
      }
    }
    return least;
  }

  /** Logs of the probabilities of all words in a row of scores. */
  static void logProbabilities(Tensor scores, int row, double[] logs) {
    double max = Double.NEGATIVE_INFINITY;
    for (int word = 0; word < logs.length; word++) {
      logs[word] = scores.get(row * logs.length + word);
      max = Math.max(max, logs[word]);
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - max);
    }
    double total = max + Math.log(sum);
    for (int word = 0; word < logs.length; word++) {
      logs[word] -= total;
    }
  }

  private static int likeliest(double[] logs) {
    int best = 0;
    for (int word = 1; word < logs.length; word++) {
      best = logs[word] > logs[best] ? word : best;
    }
    return best;
  }

  private static int draw(double[] logs, double temperature, int top, double uniform) {
    double least = top > 0 ? nthGreatest(logs, top) : Double.NEGATIVE_INFINITY;
    double max = logs[likeliest(logs)];
    double sum = 0;
    double[] weights = new double[logs.length];
    for (int word = 0; word < logs.length; word++) {
      weights[word] = logs[word] >= least ? Math.exp((logs[word] - max) / temperature) : 0;
      sum += weights[word];
    }
    double at = uniform * sum;
    int last = likeliest(logs);
    for (int word = 0; word < logs.length; word++) {
      if (weights[word] > 0) {
        last = word;
        at -= weights[word];
        if (at < 0) {
          return word;
        }
      }
    }
    return last;
  }
}
