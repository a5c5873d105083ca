package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One sample a sentence: its image's features, its words, and the word after each. */
final class CaptionSamples implements Shareable {
  private final Tensor features;
  private final Vocabulary vocabulary;
  private final List<int[]> sentences;
  private final int length;
  private final SampleSpec spec;

  /** For each image the row of its features among those that are here; null of all. */
  private final int @Nullable [] slots;

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
    this.slots = null;
  }

  private CaptionSamples(CaptionSamples whole, Tensor features, int[] slots) {
    this.features = features;
    this.vocabulary = whole.vocabulary;
    this.sentences = whole.sentences;
    this.length = whole.length;
    this.spec = whole.spec;
    this.slots = slots;
  }

  @Override
  public long bytes() {
    BitSet images = images(null);
    return (long) images.cardinality() * features.shape().size(1) * features.dtype().bytes();
  }

  /** The images of some sentences, or of all. */
  private BitSet images(@Nullable BitSet samples) {
    BitSet images = new BitSet();
    for (int i = 0; i < sentences.size(); i++) {
      if (samples == null || samples.get(i)) {
        images.set(sentences.get(i)[0]);
      }
    }
    return images;
  }

  /** Features are kept of images with a sentence that is; words are kept of all. */
  @Override
  public Dataset share(BitSet samples) {
    if (slots != null) {
      return this;
    }
    BitSet images = images(samples);
    int width = features.shape().size(1);
    Tensor own = Tensor.zeros(Shape.of(images.cardinality(), width), features.dtype());
    int row = 0;
    for (int image = images.nextSetBit(0); image >= 0; image = images.nextSetBit(image + 1)) {
      own.rows(row, row + 1).copyFrom(features.rows(image, image + 1));
      row++;
    }
    return new CaptionSamples(this, own, Shareable.slots(images, features.shape().size(0)));
  }

  private int features(int image) {
    int row = slots == null ? image : Shareable.slot(slots, image);
    return row * features.shape().size(1);
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
          features.offset() + features(sentence[0]),
          x.floats(),
          x.offset() + row * width,
          width);
    } else {
      for (int i = 0; i < width; i++) {
        x.set(row * width + i, features.get(features(sentence[0]) + i));
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
