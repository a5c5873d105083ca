package io.kiln.nn.zoo;

import io.kiln.nn.metric.Bleu;
import java.util.List;

/**
 * Of several candidates for one sentence, that which agrees best with all of them: the one with the
 * greatest expected similarity, each other candidate counted by its probability (minimum Bayes
 * risk; Kumar and Byrne, "Minimum Bayes-risk decoding for statistical machine translation", 2004).
 *
 * <p>Similarity is {@link Bleu#ofSentence}.
 */
final class Consensus {
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
        expected += share * Bleu.ofSentence(one.words(), other.words());
      }
      if (expected > most) {
        most = expected;
        best = one;
      }
    }
    return best;
  }
}
