package io.kiln.nn.zoo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Of several candidates for one sentence, that which agrees best with all of them: the one with the
 * greatest expected similarity, each other candidate counted by its probability (minimum Bayes
 * risk; Kumar and Byrne, "Minimum Bayes-risk decoding for statistical machine translation", 2004).
 *
 * <p>Similarity is the BLEU-4 of one sentence against the other, 1 added to the counts of pairs and
 * longer (Lin and Och, "ORANGE", 2004).
 */
final class Consensus {
  private static final int MOST = 4;

  private Consensus() {}

  /** The candidate of the consensus; of equals the first. */
  static Decoding.Candidate of(List<Decoding.Candidate> candidates) {
    double likeliest = Double.NEGATIVE_INFINITY;
    for (Decoding.Candidate one : candidates) {
      likeliest = Math.max(likeliest, one.logProbability());
    }
    Decoding.Candidate best = candidates.get(0);
    double most = Double.NEGATIVE_INFINITY;
    for (Decoding.Candidate one : candidates) {
      double expected = 0;
      for (Decoding.Candidate other : candidates) {
        double share = Math.exp(other.logProbability() - likeliest);
        expected += share * similarity(one.words(), other.words());
      }
      if (expected > most) {
        most = expected;
        best = one;
      }
    }
    return best;
  }

  /** Smoothed BLEU-4 of a sentence against one reference, 0 to 1. */
  static double similarity(List<Integer> sentence, List<Integer> reference) {
    if (sentence.isEmpty() || reference.isEmpty()) {
      return sentence.equals(reference) ? 1 : 0;
    }
    double logs = 0;
    for (int n = 1; n <= MOST; n++) {
      Map<List<Integer>, Integer> wanted = grams(reference, n);
      int matches = 0;
      for (Map.Entry<List<Integer>, Integer> gram : grams(sentence, n).entrySet()) {
        matches += Math.min(gram.getValue(), wanted.getOrDefault(gram.getKey(), 0));
      }
      int added = n == 1 ? 0 : 1;
      if (matches + added == 0) {
        return 0;
      }
      logs += Math.log((double) (matches + added) / (Math.max(0, sentence.size() - n + 1) + added));
    }
    double brevity = Math.min(1, Math.exp(1 - (double) reference.size() / sentence.size()));
    return brevity * Math.exp(logs / MOST);
  }

  private static Map<List<Integer>, Integer> grams(List<Integer> words, int n) {
    Map<List<Integer>, Integer> grams = new HashMap<>();
    for (int i = 0; i + n <= words.size(); i++) {
      grams.merge(List.copyOf(words.subList(i, i + n)), 1, Integer::sum);
    }
    return grams;
  }
}
