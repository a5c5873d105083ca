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
      Map<List<String>, Integer> most = new HashMap<>();
      for (List<String> reference : references) {
        grams(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
      }
      for (Map.Entry<List<String>, Integer> gram : grams(sentence, n).entrySet()) {
        sums[n - 1] += Math.min(gram.getValue(), most.getOrDefault(gram.getKey(), 0));
      }
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

  /** 1, or exp(1 − r/c) if the sentences are shorter, c words, than the references, r words. */
  public double brevityPenalty() {
    double length = sums[2 * MOST];
    double closest = sums[2 * MOST + 1];
    if (length > closest) {
      return 1;
    }
    return length == 0 ? 0 : Math.exp(1 - closest / length);
  }

  private static Map<List<String>, Integer> grams(List<String> words, int n) {
    Map<List<String>, Integer> grams = new HashMap<>();
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
