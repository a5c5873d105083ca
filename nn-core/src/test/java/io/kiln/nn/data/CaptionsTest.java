package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CaptionsTest {
  private final MemoryStorage storage = new MemoryStorage();

  @Test
  void everySentenceIsASample() throws IOException {
    write();
    Splits splits = load("length", 5, "min-count", 2, "normalize", false);
    assertThat(splits.train().size()).isEqualTo(3);
    assertThat(splits.validation().size()).isEqualTo(1);
    assertThat(splits.test().size()).isEqualTo(1);
    SampleSpec spec = splits.train().spec();
    assertThat(spec.classNames())
        .containsExactly("<NULL>", "<START>", "<END>", "<UNK>", "a", "dog");
    assertThat(spec.inputs()).containsExactly(Shape.of(2), Shape.of(5));
    Batch batch = Batch.of(spec, 2, DType.FLOAT32);
    splits.train().read(0, batch, 1);
    assertThat(batch.input(0).rows(1, 2).toArray()).containsExactly(1, 2);
    assertThat(batch.input(1).rows(1, 2).toArray()).containsExactly(1, 4, 5, 3, 0);
    assertThat(batch.target().rows(1, 2).toArray()).containsExactly(4, 5, 3, 2, -1);
    splits.train().read(2, batch, 0);
    assertThat(batch.input(1).rows(0, 1).toArray()).containsExactly(1, 4, 3, 3, 5);
    assertThat(batch.target().rows(0, 1).toArray()).containsExactly(4, 3, 3, 5, 3);
    Batch wide = Batch.of(spec, 1, DType.FLOAT64);
    splits.test().read(0, wide, 0);
    assertThat(wide.input(0).toArray()).containsExactly(7, 8);
  }

  @Test
  void featuresAreNormalisedByTheTrainingPart() throws IOException {
    write();
    Captions captions = Captions.read(Settings.of("data", Map.of()), storage, "flickr8k");
    assertThat(captions.features().toArray()).containsExactly(-1, -1, 1, 1, 3, 3, 5, 5);
    assertThat(captions.images("test")).containsExactly(3);
    assertThat(captions.image(3)).isEqualTo("d.jpg");
    assertThat(captions.references(0))
        .containsExactly(List.of("a", "dog", "runs"), List.of("a", "dog"));
    Map<String, Object> trained = new HashMap<>(load("min-count", 2).fitted());
    trained.put("format", "flickr8k");
    Samples samples = DataSources.samples(Settings.of("data", trained), storage, "flickr8k");
    assertThat(samples.data().size()).isEqualTo(1);
    assertThat(samples.data().spec().classes()).isEqualTo(6);
    assertThat(load("punctuation", true, "min-count", 1).train().spec().classNames()).contains(".");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    write();
    storage.with("flickr8k/flickr8k_captions.tsv", bytes("x.jpg\t0\ta dog\n"));
    assertThatThrownBy(() -> load())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("line 1: a known image");
    write();
    storage.with("flickr8k/flickr8k_images.tsv", bytes("0\ta.jpg\ttrain\n2\tb.jpg\ttrain\n"));
    assertThatThrownBy(() -> load()).hasMessageContaining("line 2: row number, image and part");
    storage.with("flickr8k/flickr8k_images.tsv", bytes("0\ta.jpg\ttrain\n"));
    storage.with("flickr8k/flickr8k_captions.tsv", bytes("a.jpg\t0\ta dog\n"));
    assertThatThrownBy(() -> load()).hasMessageContaining("its features are [4, 2] but [1, d]");
    storage.delete("flickr8k/f.safetensors");
    assertThatThrownBy(() -> load()).isInstanceOf(NoSuchFileException.class);
    Tensor broken = Tensor.of(DType.FLOAT32, Shape.of(1, 2), 1, Double.NaN);
    Safetensors.write(
        storage, "flickr8k/f.safetensors", new NamedTensors(Map.of("features", broken), Map.of()));
    assertThatThrownBy(() -> load())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("'features' holds NaN");
  }

  private Splits load(Object... pairs) throws IOException {
    Map<String, Object> settings = new HashMap<>(Map.of("format", "flickr8k"));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put((String) pairs[i], pairs[i + 1]);
    }
    return DataSources.load(Settings.of("data", settings), storage, "");
  }

  private void write() throws IOException {
    storage.with(
        "flickr8k/flickr8k_images.tsv",
        bytes("0\ta.jpg\ttrain\n1\tb.jpg\ttrain\n2\tc.jpg\tdev\n3\td.jpg\ttest"));
    storage.with(
        "flickr8k/flickr8k_captions.tsv",
        bytes(
            """
            a.jpg\t0\tA dog runs .
            a.jpg\t1\ta dog
            b.jpg\t0\tA cat and dog sit there
            c.jpg\t0\tdog
            d.jpg\t0\ta
            """));
    storage.delete("flickr8k/f.safetensors");
    Tensor features = Tensor.of(DType.FLOAT32, Shape.of(4, 2), 1, 2, 3, 4, 5, 6, 7, 8);
    Safetensors.write(
        storage,
        "flickr8k/f.safetensors",
        new NamedTensors(Map.of("features", features), Map.of()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
