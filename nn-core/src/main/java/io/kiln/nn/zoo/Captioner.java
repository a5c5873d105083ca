package io.kiln.nn.zoo;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Captions;
import io.kiln.nn.data.Vocabulary;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes captions for images given as features, by one network or several together, by the
 * likeliest word each time or by a search with several candidates; never by the word that stands
 * for rare ones. Not thread-safe.
 */
public final class Captioner {
  private static final int MOST_ROWS = 64;

  private final Captions captions;
  private final int beam;
  private final double penalty;
  private final boolean consensus;
  private final WordStepper stepper;

  /**
   * A captioner.
   *
   * @param networks whose mean probabilities are searched
   * @param beam candidates of the search; 1: the likeliest word each time
   * @param penalty candidates are ranked by log p / length^penalty
   * @param consensus whether the candidate that agrees best with all of them is taken, not the
   *     first
   * @throws ConfigException if a network is not one of captions, or not of these features and words
   */
  public Captioner(
      List<Network> networks, Captions captions, int beam, double penalty, boolean consensus) {
    for (Network network : networks) {
      check(network, captions);
    }
    if (beam < 1) {
      throw new ConfigException("--beam: " + beam + " came but it must be 1 or more");
    }
    this.captions = captions;
    this.beam = beam;
    this.penalty = penalty;
    this.consensus = consensus;
    this.stepper = WordStepper.of(networks, beam == 1 ? MOST_ROWS : beam);
    stepper.never(captions.vocabulary().symbols().indexOf(Vocabulary.UNK));
  }

  private static void check(Network network, Captions captions) {
    Shape features = captions.features().shape().sample();
    if (!(network.model() instanceof CaptionRnn)
        || !network.spec().inputs().get(0).equals(features)
        || network.spec().classes() != captions.vocabulary().size()) {
      throw new ConfigException(
          "--model: "
              + network.model().getClass().getSimpleName()
              + " of "
              + network.spec().inputs()
              + " and "
              + network.spec().classes()
              + " classes came but a caption-rnn of "
              + features
              + " and "
              + captions.vocabulary().size()
              + " words is needed; give the model and the data it was trained on");
    }
  }

  /** The words of a caption for each of these images. */
  public List<List<String>> write(int[] images) {
    List<List<String>> written = new ArrayList<>();
    if (beam > 1) {
      for (int image : images) {
        stepper.start(List.of(rows(new int[] {image}, beam)));
        List<Decoding.Candidate> found =
            Decoding.beam(
                stepper, number(Vocabulary.START), number(Vocabulary.END), longest(), penalty);
        written.add(words((consensus ? Consensus.of(found) : found.get(0)).words()));
      }
      return written;
    }
    for (int from = 0; from < images.length; from += MOST_ROWS) {
      int[] some =
          java.util.Arrays.copyOfRange(images, from, Math.min(images.length, from + MOST_ROWS));
      stepper.start(List.of(rows(some, MOST_ROWS)));
      List<List<Integer>> sequences =
          Decoding.greedy(stepper, number(Vocabulary.START), number(Vocabulary.END), longest());
      sequences.subList(0, some.length).forEach(sequence -> written.add(words(sequence)));
    }
    return written;
  }

  private int longest() {
    return captions.length();
  }

  private int number(String mark) {
    return captions.vocabulary().number(mark);
  }

  private List<String> words(List<Integer> numbers) {
    return captions.vocabulary().sentence(numbers.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Features of these images, the last of them in the rows that are left. */
  private Tensor rows(int[] images, int rows) {
    int width = captions.features().shape().size(1);
    Tensor chosen = Tensor.zeros(Shape.of(rows, width), captions.features().dtype());
    for (int row = 0; row < rows; row++) {
      int image = images[Math.min(row, images.length - 1)];
      for (int i = 0; i < width; i++) {
        chosen.set(row * width + i, captions.features().get(image * width + i));
      }
    }
    return chosen;
  }
}
