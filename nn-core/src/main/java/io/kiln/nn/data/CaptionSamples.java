package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** One sample a sentence: its image's features, its words, and the word after each. */
final class CaptionSamples implements Dataset {
  private final Tensor features;
  private final Vocabulary vocabulary;
  private final List<int[]> sentences;
  private final int length;
  private final SampleSpec spec;

  /**
   * Samples over shared features.
   *
   * @param sentences for each the row of its features, then its words
   */
  CaptionSamples(Tensor features, Vocabulary vocabulary, List<int[]> sentences, int length) {
    this.features = features;
    this.vocabulary = vocabulary;
    this.sentences = sentences;
    this.length = length;
    this.spec =
        new SampleSpec(
            List.of(Shape.of(features.shape().size(1)), Shape.of(length)),
            Shape.of(length),
            vocabulary.size(),
            vocabulary.symbols());
  }

  @Override
  public int size() {
    return sentences.size();
  }

  @Override
  public SampleSpec spec() {
    return spec;
  }

  @Override
  public void read(int index, Batch batch, int row) {
    int[] sentence = sentences.get(index);
    int words = sentence.length - 1;
    int width = features.shape().size(1);
    Tensor x = batch.input(0);
    if (x.dtype() == DType.FLOAT32) {
      System.arraycopy(
          features.floats(),
          features.offset() + sentence[0] * width,
          x.floats(),
          x.offset() + row * width,
          width);
    } else {
      for (int i = 0; i < width; i++) {
        x.set(row * width + i, features.get(sentence[0] * width + i));
      }
    }
    int unused = vocabulary.number(Vocabulary.NULL);
    int last = vocabulary.number(Vocabulary.END);
    int word = vocabulary.number(Vocabulary.START);
    for (int i = 0; i < length; i++) {
      int next = i < words ? sentence[i + 1] : last;
      boolean beyond = i > words;
      batch.input(1).set(row * length + i, beyond ? unused : word);
      batch.target().set(row * length + i, beyond ? -1 : next);
      word = next;
    }
  }
}
