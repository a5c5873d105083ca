package io.kiln.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  @TempDir Path folder;
  private final FaultyStorage storage = new FaultyStorage(new LocalStorage());

  @Test
  void savesAndLoadsTheNewest() throws IOException {
    CheckpointStore store = store(3);
    assertThat(store.newest().checkpoint()).isEmpty();
    for (long step = 10; step <= 50; step += 10) {
      assertThat(store.save(checkpoint(step))).endsWith("/step-00000000" + step + ".safetensors");
    }
    assertThat(names())
        .containsExactly(
            "step-0000000030.safetensors",
            "step-0000000040.safetensors",
            "step-0000000050.safetensors");
    Checkpoint newest = store(3).newest().checkpoint().orElseThrow();
    assertThat(newest.step()).isEqualTo(50);
    assertThat(newest.tensor("w").toArray()).isEqualTo(checkpoint(50).tensor("w").toArray());
    assertThat(newest.tensor("m").dtype()).isEqualTo(DType.FLOAT64);
    assertThat(newest.whole("epoch")).isEqualTo(5);
    assertThat(newest.text("fingerprint")).isEqualTo("abc");
    assertThatThrownBy(() -> newest.text("x")).hasMessageContaining("has no 'x'");
    assertThatThrownBy(() -> newest.whole("fingerprint")).hasMessageContaining("'abc'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "tr-TR"})
  void namesHaveTheSameDigitsInEveryCountry(String country) throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(country));
    try {
      store(3).save(checkpoint(10));
      store(3).save(checkpoint(10));
    } finally {
      Locale.setDefault(before);
    }
    assertThat(names())
        .containsExactly("step-0000000010-2.safetensors", "step-0000000010.safetensors");
    assertThat(store(3).newest().path()).endsWith("step-0000000010-2.safetensors");
  }

  @Test
  void whatAnEarlierVersionWroteInOtherDigitsIsFound() throws IOException {
    store(3).save(checkpoint(10));
    Files.move(
        folder.resolve("step-0000000010.safetensors"),
        folder.resolve(
            "step-\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661\u0660.safetensors"));
    assertThat(store(3).newest().checkpoint().orElseThrow().step()).isEqualTo(10);
  }

  @Test
  void zeroedFilesArePassedOver() throws IOException {
    damage(bytes -> new byte[bytes.length]);
  }

  @Test
  void truncatedFilesArePassedOver() throws IOException {
    damage(bytes -> new byte[0]);
    damage(bytes -> Arrays.copyOf(bytes, 7));
    damage(bytes -> Arrays.copyOf(bytes, bytes.length / 2));
    damage(bytes -> Arrays.copyOf(bytes, bytes.length - 1));
    damage(bytes -> Arrays.copyOf(bytes, bytes.length - 32));
  }

  @Test
  void flippedBitsArePassedOverWhereverTheyAre() throws IOException {
    store(2).save(checkpoint(1));
    Path file = folder.resolve("step-0000000001.safetensors");
    byte[] good = Files.readAllBytes(file);
    for (int at = 0; at < good.length; at++) {
      byte[] bytes = good.clone();
      bytes[at] ^= (byte) (1 << (at % 8));
      Files.write(file, bytes);
      CheckpointStore.Found found = store(2).newest();
      assertThat(found.checkpoint()).as("byte " + at).isEmpty();
      assertThat(found.damaged()).hasSize(1);
    }
  }

  @Test
  void weightsThatAreNoNumbersArePassedOver() throws IOException {
    CheckpointStore store = store(3);
    store.save(checkpoint(1));
    Tensor diverged = Tensor.zeros(Shape.of(2, 3), DType.FLOAT32);
    diverged.set(4, Double.NaN);
    String path = store.save(Checkpoint.of(2, Map.of("values", diverged), Map.of()));
    CheckpointStore.Found found = store.newest();
    assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(1);
    assertThat(found.damaged())
        .singleElement()
        .asString()
        .matches(".*step-0000000002.safetensors at byte \\d+: 'values' holds NaN but .*");
    assertThatThrownBy(() -> CheckpointStore.read(storage, path))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void extendedFilesArePassedOver() throws IOException {
    damage(bytes -> Arrays.copyOf(bytes, bytes.length + 1));
    damage(bytes -> Arrays.copyOf(bytes, bytes.length * 2));
  }

  @Test
  void deletedFilesAreNotMissed() throws IOException {
    CheckpointStore store = store(2);
    store.save(checkpoint(1));
    Files.delete(Path.of(store.save(checkpoint(2))));
    CheckpointStore.Found found = store.newest();
    assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(1);
    assertThat(found.damaged()).isEmpty();
  }

  @Test
  void swappedFilesArePassedOver() throws IOException {
    CheckpointStore store = store(3);
    store.save(checkpoint(1));
    Path two = Path.of(store.save(checkpoint(2)));
    Path three = Path.of(store.save(checkpoint(3)));
    Path aside = folder.resolve("aside");
    Files.move(two, aside);
    Files.move(three, two);
    Files.move(aside, three);
    CheckpointStore.Found found = store.newest();
    assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(1);
    assertThat(found.damaged()).hasSize(2).allMatch(line -> line.contains("it holds step"));
  }

  @Test
  void otherSafetensorsAreNotCheckpoints() throws IOException {
    String path = folder.resolve("step-0000000009.safetensors").toString();
    Safetensors.write(storage, path, checkpoint(9).contents());
    assertThat(store(2).newest().damaged())
        .singleElement()
        .asString()
        .contains("its last tensor is not digest U8[32]");
  }

  @Test
  void storageThatCannotReadIsToldOf() throws IOException {
    store(2).save(checkpoint(9));
    storage.set(FaultyStorage.Fault.OPEN, 0);
    assertThat(store(2).newest().damaged())
        .singleElement()
        .asString()
        .contains("no block of it can be read");
  }

  @Test
  void failedSavesLeaveTheOlderOnesAndNoRubbish() throws IOException {
    CheckpointStore store = store(1);
    store.save(checkpoint(1));
    int length = (int) Files.size(folder.resolve("step-0000000001.safetensors"));
    for (FaultyStorage.Fault fault : FaultyStorage.Fault.values()) {
      for (int at = 0; at < length && fault != FaultyStorage.Fault.NONE; at += 37) {
        storage.set(fault, at);
        assertThatThrownBy(() -> store.save(checkpoint(2)))
            .as(fault + " at " + at)
            .isInstanceOf(IOException.class);
      }
    }
    storage.set(FaultyStorage.Fault.NONE, 0);
    assertThat(names()).containsExactly("step-0000000001.safetensors");
    assertThat(store.newest().checkpoint().orElseThrow().step()).isEqualTo(1);
  }

  @Test
  void temporaryFilesOfKilledWritersAreSwept() throws IOException {
    Files.write(folder.resolve(".step-0000000005.abc.tmp"), new byte[10]);
    Files.write(folder.resolve("notes.txt"), new byte[10]);
    assertThat(store(2).newest().checkpoint()).isEmpty();
    store(2).save(checkpoint(6));
    assertThat(names()).containsExactly("notes.txt", "step-0000000006.safetensors");
  }

  @Test
  void namesAreNotUsedTwiceAndTheJustSavedAlwaysStays() throws IOException {
    CheckpointStore store = store(1);
    Path three = Path.of(store.save(checkpoint(3)));
    Files.write(three, new byte[100]);
    assertThat(store(1).save(checkpoint(2))).endsWith("step-0000000002.safetensors");
    CheckpointStore.Found found = store.newest();
    assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(2);
    assertThat(found.damaged()).hasSize(1);
    assertThat(store.save(checkpoint(3))).endsWith("step-0000000003-2.safetensors");
    assertThat(names()).containsExactly("step-0000000003-2.safetensors");
    assertThat(store.newest().checkpoint().orElseThrow().step()).isEqualTo(3);
  }

  @Test
  void digestIsAnOrdinaryTensorOfAnOrdinaryFile() throws IOException {
    String path = store(2).save(checkpoint(4));
    byte[] bytes = Files.readAllBytes(Path.of(path));
    NamedTensors file = Safetensors.read(storage, path);
    assertThat(file.tensors().keySet()).containsExactly("w", "m", "digest");
    byte[] digest = new byte[32];
    for (int i = 0; i < 32; i++) {
      digest[i] = (byte) file.tensor("digest").get(i);
    }
    assertThat(Digests.hex(digest))
        .isEqualTo(Digests.sha256(Arrays.copyOf(bytes, bytes.length - 32)));
    assertThat(CheckpointStore.read(storage, path).step()).isEqualTo(4);
  }

  /** Replaces the bytes of the newest of two checkpoints; the older one must be found. */
  private void damage(UnaryOperator<byte[]> change) throws IOException {
    String run = folder.resolve("run").toString();
    storage.delete(run);
    CheckpointStore store = new CheckpointStore(storage, run, 2);
    store.save(checkpoint(1));
    Path newest = Path.of(store.save(checkpoint(2)));
    Files.write(newest, change.apply(Files.readAllBytes(newest)));
    CheckpointStore.Found found = store.newest();
    assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(1);
    assertThat(found.damaged()).singleElement().asString().startsWith(newest.toString());
  }

  private CheckpointStore store(int keep) {
    return new CheckpointStore(storage, folder.toString(), keep);
  }

  private List<String> names() throws IOException {
    return storage.list(folder.toString()).stream().map(Storage.Entry::name).toList();
  }

  private static Checkpoint checkpoint(long step) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w", Tensor.of(DType.FLOAT32, Shape.of(2, 2), (double) step, 2, 3, 4));
    tensors.put("m", Tensor.of(DType.FLOAT64, Shape.of(3), 0.1, 0.2, (double) step));
    return Checkpoint.of(
        step, tensors, Map.of("epoch", Long.toString(step / 10), "fingerprint", "abc"));
  }
}
