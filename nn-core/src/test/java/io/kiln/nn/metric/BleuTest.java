package io.kiln.nn.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BleuTest {
  private static final List<String> FIRST =
      words(
          "It is a guide to action which ensures that the military always obeys the commands of"
              + " the party");
  private static final List<List<String>> FIRST_REFERENCES =
      List.of(
          words(
              "It is a guide to action that ensures that the military will forever heed Party"
                  + " commands"),
          words(
              "It is the guiding principle which guarantees the military forces always being under"
                  + " the command of the Party"),
          words(
              "It is the practical guide for the army always to heed the directions of the party"));
  private static final List<String> SECOND =
      words("he read the book because he was interested in world history");
  private static final List<List<String>> SECOND_REFERENCES =
      List.of(words("he was interested in world history because he read the book"));

  /** The examples of NLTK's documentation: 0.5045… for the sentence, 0.5920… for the corpus. */
  @Test
  void agreesWithTheExamplesOfNltk() {
    Bleu sentence = new Bleu();
    sentence.add(FIRST, FIRST_REFERENCES);
    assertThat(sentence.value(4)).isCloseTo(0.5045666840058485, within(1e-12));
    Bleu corpus = new Bleu();
    corpus.add(FIRST, FIRST_REFERENCES);
    corpus.add(SECOND, SECOND_REFERENCES);
    assertThat(corpus.value(4)).isCloseTo(0.5920778868801042, within(1e-12));
  }

  @Test
  void theBestCandidateIsAReference() {
    Bleu bleu = new Bleu();
    bleu.add(FIRST_REFERENCES.get(1), FIRST_REFERENCES);
    for (int k = 1; k <= 4; k++) {
      assertThat(bleu.value(k)).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void repeatedWordsAreClipped() {
    Bleu bleu = new Bleu();
    bleu.add(
        words("the the the the the the the"),
        List.of(words("the cat is on the mat"), words("there is a cat on the mat")));
    assertThat(bleu.value(1)).isCloseTo(2 / 7.0, within(1e-12));
    assertThat(bleu.value(2)).isZero();
  }

  @Test
  void shortSentencesAreFined() {
    Bleu bleu = new Bleu();
    bleu.add(words("a b"), List.of(words("a b c d"), words("a b c d e f")));
    assertThat(bleu.brevityPenalty()).isCloseTo(Math.exp(1 - 2.0), within(1e-12));
    bleu = new Bleu();
    bleu.add(words("a b c"), List.of(words("a b c d"), words("a b")));
    assertThat(bleu.brevityPenalty()).isEqualTo(1);
    bleu = new Bleu();
    bleu.add(List.of(), List.of(words("a")));
    assertThat(bleu.value(1)).isZero();
  }

  @Test
  void partsMergeToTheWhole() {
    Bleu whole = new Bleu();
    whole.add(FIRST, FIRST_REFERENCES);
    whole.add(SECOND, SECOND_REFERENCES);
    Bleu first = new Bleu();
    first.add(FIRST, FIRST_REFERENCES);
    Bleu second = new Bleu();
    second.add(SECOND, SECOND_REFERENCES);
    second.merge(first.sums());
    assertThat(second.sums()).isEqualTo(whole.sums());
    assertThatThrownBy(() -> whole.add(FIRST, List.of())).hasMessageContaining("no reference");
    assertThatThrownBy(() -> whole.value(5)).hasMessageContaining("1 to 4");
  }

  private static List<String> words(String sentence) {
    return Arrays.asList(sentence.split(" "));
  }

  @Test
  void aSentenceAloneIsSmoothed() {
    List<Integer> sentence = List.of(1, 2, 3, 4);
    assertThat(Bleu.ofSentence(sentence, sentence)).isEqualTo(1);
    // 3 of 4 words, (1 + 1) of (3 + 1) pairs, (0 + 1) of (2 + 1) triples, (0 + 1) of (1 + 1) fours
    assertThat(Bleu.ofSentence(sentence, List.of(1, 2, 9, 4)))
        .isCloseTo(Math.pow(0.75 * 0.5 / 3 / 2, 0.25), within(1e-12));
    // all words of one half as long, exp(1 − 4/2)
    assertThat(Bleu.ofSentence(List.of(1, 2), sentence)).isCloseTo(Math.exp(-1), within(1e-12));
    assertThat(Bleu.ofSentence(sentence, List.of(7, 8, 9, 6))).isZero();
    assertThat(Bleu.ofSentence(List.of(), sentence)).isZero();
    assertThat(Bleu.ofSentence(List.of(), List.of())).isEqualTo(1);
  }
}
