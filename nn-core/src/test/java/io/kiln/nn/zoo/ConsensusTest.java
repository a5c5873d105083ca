package io.kiln.nn.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConsensusTest {
  private static Decoding.Candidate candidate(double probability, Integer... words) {
    return new Decoding.Candidate(List.of(words), Math.log(probability), 0);
  }

  @Test
  void severalThatAgreeBeatOneThatIsLikelier() {
    Decoding.Candidate alone = candidate(0.3, 1, 2, 3, 4, 5);
    Decoding.Candidate one = candidate(0.25, 6, 7, 8, 9, 10);
    Decoding.Candidate other = candidate(0.25, 6, 7, 8, 9, 11);
    assertThat(Consensus.of(List.of(alone, one, other))).isSameAs(one);
    assertThat(Consensus.of(List.of(candidate(0.9, 1, 2), one, other)).words())
        .as("unless it is likelier than both")
        .containsExactly(1, 2);
    assertThat(Consensus.of(List.of(other))).isSameAs(other);
  }

  @Test
  void smallProbabilitiesStillWeigh() {
    Decoding.Candidate one = new Decoding.Candidate(List.of(1, 2), -2000, 0);
    Decoding.Candidate two = new Decoding.Candidate(List.of(3, 4), -1999, 0);
    assertThat(Consensus.of(List.of(one, two))).isSameAs(two);
  }
}
