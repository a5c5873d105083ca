package io.kiln.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/**
 * Whatever the bytes are: tensors come, or a {@link FormatException}. Runs the kept inputs; with
 * {@code JAZZER_FUZZ=1} it looks for new ones.
 */
class SafetensorsFuzzTest {
  @FuzzTest
  void safetensors(byte[] bytes) throws IOException {
    try {
      NamedTensors tensors = Safetensors.read(new MemoryStorage().with("f", bytes), "f");
      assertThat(tensors.tensors()).isNotNull();
    } catch (FormatException e) {
      assertThat(e.path()).isEqualTo("f");
    }
  }

  @FuzzTest
  void checkpoint(byte[] bytes) throws IOException {
    MemoryStorage storage = new MemoryStorage().with("d/step-0000000001.safetensors", bytes);
    CheckpointStore.Found found = new CheckpointStore(storage, "d", 1).newest();
    assertThat(found.checkpoint().isPresent()).isNotEqualTo(!found.damaged().isEmpty());
  }
}
