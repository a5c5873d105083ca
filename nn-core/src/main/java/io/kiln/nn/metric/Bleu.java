package io.kiln.nn.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Corpus BLEU-1 … BLEU-4 of generated sentences against several references each (Papineni, Roukos,
 * Ward, Zhu: "BLEU: a method for automatic evaluation of machine translation", ACL 2002).
 *
 * <p>The convention is that of NLTK's {@code corpus_bleu}: clipped n-gram counts are summed over
 * the corpus before dividing; the brevity penalty uses, for each sentence, the length of the
 * closest reference, the shorter of two equally close; BLEU-k is the geometric mean of the first k
 * precisions; nothing is smoothed, and without any common word BLEU is 0. Where NLTK gives 10⁻⁷⁸ or
 * so because one precision is 0, this gives 0. Not thread-safe.
 */
public final class Bleu implements Sums {
  private static final int MOST = 4;

  /** Matches of order 1 … 4, n-grams of order 1 … 4, length, length of the closest references. */
  private final double[] sums = new double[2 * MOST + 2];

  /** Adds one sentence and its references, each a list of words. */
  public void add(List<String> sentence, List<List<String>> references) {
    if (references.isEmpty()) {
      throw new IllegalArgumentException("bleu: no reference came but 1 or more are needed");
    }
    for (int n = 1; n <= MOST; n++) {
      sums[n - 1] += matches(sentence, references, n);
      sums[MOST + n - 1] += Math.max(1, sentence.size() - n + 1);
    }
    int closest = references.get(0).size();
    for (List<String> reference : references) {
      int length = reference.size();
      int nearer = Math.abs(length - sentence.size()) - Math.abs(closest - sentence.size());
      if (nearer < 0 || (nearer == 0 && length < closest)) {
        closest = length;
      }
    }
    sums[2 * MOST] += sentence.size();
    sums[2 * MOST + 1] += closest;
  }

  /** BLEU-k, from 0 to 1, for k from 1 to 4. */
  public double value(int k) {
    if (k < 1 || k > MOST) {
      throw new IllegalArgumentException("bleu: order " + k + " came but it must be 1 to " + MOST);
    }
    double logs = 0;
    for (int n = 0; n < k; n++) {
      if (sums[n] == 0) {
        return 0;
      }
      logs += Math.log(sums[n] / sums[MOST + n]);
    }
    return brevityPenalty() * Math.exp(logs / k);
  }

  /**
   * BLEU-4 of one sentence against one reference, from 0 to 1, with 1 added to the counts of pairs
   * and longer, which a single sentence often lacks (Lin and Och: "ORANGE: a method for evaluating
   * automatic evaluation metrics for machine translation", COLING 2004).
   */
  public static <T> double ofSentence(List<T> sentence, List<T> reference) {
    if (sentence.isEmpty() || reference.isEmpty()) {
      return sentence.equals(reference) ? 1 : 0;
    }
    double logs = 0;
    for (int n = 1; n <= MOST; n++) {
      int added = n == 1 ? 0 : 1;
      int matches = matches(sentence, List.of(reference), n) + added;
      if (matches == 0) {
        return 0;
      }
      logs += Math.log((double) matches / (Math.max(0, sentence.size() - n + 1) + added));
    }
    return brevityPenalty(sentence.size(), reference.size()) * Math.exp(logs / MOST);
  }

  /** 1, or exp(1 − r/c) if the sentences are shorter, c words, than the references, r words. */
  public double brevityPenalty() {
    return brevityPenalty(sums[2 * MOST], sums[2 * MOST + 1]);
  }

  private static double brevityPenalty(double length, double closest) {
    if (length > closest) {
      return 1;
    }
    return length == 0 ? 0 : Math.exp(1 - closest / length);
  }

  /** n-grams of a sentence that references have too, each at most as often as the one with most. */
  private static <T> int matches(List<T> sentence, List<List<T>> references, int n) {
    Map<List<T>, Integer> most = new HashMap<>();
    for (List<T> reference : references) {
      grams(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
    }
    int matches = 0;
    for (Map.Entry<List<T>, Integer> gram : grams(sentence, n).entrySet()) {
      matches += Math.min(gram.getValue(), most.getOrDefault(gram.getKey(), 0));
    }
    return matches;
  }

  private static <T> Map<List<T>, Integer> grams(List<T> words, int n) {
    Map<List<T>, Integer> grams = new HashMap<>();
    for (int i = 0; i + n <= words.size(); i++) {
      grams.merge(List.copyOf(words.subList(i, i + n)), 1, Integer::sum);
    }
    return grams;
  }

  @Override
  public double[] sums() {
    return sums.clone();
  }

  @Override
  public void merge(double[] others) {
    Counts.check("bleu", sums.length, others);
    for (int i = 0; i < sums.length; i++) {
      sums[i] += others[i];
    }
  }
}
