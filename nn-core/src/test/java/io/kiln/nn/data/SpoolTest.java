package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final int FEATURES = 300;
  private static final SampleSpec SPEC = SampleSpec.classification(Shape.of(FEATURES), 7);

  @TempDir private Path folder;
  private final List<Integer> damaged = new ArrayList<>();

  /** Row r has the features r + i/1000, the class r mod 7, the weight r + 0.5. */
  private Path dense(int rows) throws IOException {
    Path path = folder.resolve("dense-" + rows);
    SpoolForm form = SpoolForm.dense(FEATURES, 1, true);
    try (SpoolWriter writer = new SpoolWriter(path, form)) {
      for (int row = 0; row < rows; row++) {
        byte[] room = new byte[(int) form.rowBytes()];
        ByteBuffer bytes = bytes(room);
        for (int i = 0; i < FEATURES; i++) {
          bytes.putFloat(row + i / 1000f);
        }
        bytes.putFloat(row % 7).putFloat(row + 0.5f);
        writer.add(room);
      }
      writer.finish();
    }
    return path;
  }

  /** Row r has r mod 5 values: column i·10 + r mod 10 is r + i. */
  private Path sparse(int rows) throws IOException {
    Path path = folder.resolve("sparse-" + rows);
    try (SpoolWriter writer = new SpoolWriter(path, sparseForm())) {
      for (int row = 0; row < rows; row++) {
        int count = row % 5;
        byte[] room = new byte[4 + 8 * count + 4];
        ByteBuffer bytes = bytes(room).putInt(count);
        for (int i = 0; i < count; i++) {
          bytes.putInt(i * 10 + row % 10);
        }
        for (int i = 0; i < count; i++) {
          bytes.putFloat(row + i);
        }
        bytes.putFloat(row % 7);
        writer.add(room);
      }
      writer.finish();
    }
    return path;
  }

  private static SpoolForm sparseForm() {
    return SpoolForm.sparse(FEATURES, 1, false, 2000, 1000);
  }

  private static ByteBuffer bytes(byte[] room) {
    return ByteBuffer.wrap(room).order(ByteOrder.LITTLE_ENDIAN);
  }

  private SpooledSamples samples(Path path, SpoolForm form, long rows, long memory) {
    SpooledSamples.Spools spools =
        new SpooledSamples.Spools() {
          @Override
          public Spool spool(int shard) throws IOException {
            return Spool.open(path);
          }

          @Override
          public void damaged(int shard, FormatException how) {
            damaged.add(shard);
          }
        };
    return new SpooledSamples(SPEC, form, new long[] {rows}, 11, memory, spools);
  }

  private static List<Integer> order(ShardReader reader, Batch batch, int rows, int step)
      throws IOException {
    List<Integer> order = new ArrayList<>();
    for (int from = 0; from < rows; from += step) {
      int n = Math.min(step, rows - from);
      reader.fill(batch, n);
      for (int i = 0; i < n; i++) {
        int row = (int) batch.input(0).get(i * FEATURES);
        assertThat(batch.input(0).get(i * FEATURES + 299)).isEqualTo(row + 0.299f);
        assertThat(batch.target().get(i)).isEqualTo(row % 7);
        assertThat(Objects.requireNonNull(batch.weights()).get(i)).isEqualTo(row + 0.5);
        order.add(row);
      }
    }
    return order;
  }

  @Test
  void everyRowComesOnceInBothOrdersAndFromAnyPosition() throws IOException {
    int rows = 20_011;
    Path path = dense(rows);
    for (long memory : new long[] {0, 1L << 40}) {
      SpooledSamples samples = samples(path, SpoolForm.dense(FEATURES, 1, true), rows, memory);
      assertThat(samples.window()).isEqualTo(memory == 0 ? 4 : 0);
      Batch batch = samples.batch(256, DType.FLOAT32);
      List<Integer> all;
      try (ShardReader reader = samples.open(0, 3, 0)) {
        all = order(reader, batch, rows, 256);
        assertThatThrownBy(() -> reader.fill(batch, 1))
            .hasMessage(
                "spool: 1 samples are asked for but the batch has room for 256 and 0 are left");
      }
      assertThat(all).doesNotHaveDuplicates().isNotEqualTo(all.stream().sorted().toList());
      for (int position : new int[] {1, 873, 3495, 3496, 9999, rows - 1, rows}) {
        try (ShardReader reader = samples.open(0, 3, position)) {
          int n = Math.min(100, rows - position);
          assertThat(order(reader, batch, n, 100)).isEqualTo(all.subList(position, position + n));
        }
      }
      try (ShardReader ahead = Prefetching.of(samples, 0, 3, 500, 100, DType.FLOAT64)) {
        Batch doubles = samples.batch(130, DType.FLOAT64);
        ahead.fill(doubles, 130);
        for (int i = 0; i < 130; i++) {
          assertThat((int) doubles.input(0).get(i * FEATURES)).isEqualTo(all.get(500 + i));
        }
      }
      try (ShardReader plain = samples.open(0, ShardedSamples.PLAIN, 0)) {
        assertThat(order(plain, batch, rows, 200)).isSorted();
      }
    }
  }

  @Test
  void readAheadGivesTheSameBatchesToTheEnd() throws IOException {
    int rows = 5000;
    SpooledSamples samples = samples(dense(rows), SpoolForm.dense(FEATURES, 1, true), rows, 0);
    Batch batch = samples.batch(64, DType.FLOAT32);
    List<Integer> expected;
    try (ShardReader reader = samples.open(0, 1, 0)) {
      expected = order(reader, batch, rows, 64);
    }
    try (ShardReader reader = Prefetching.of(samples, 0, 1, 0, 48, DType.FLOAT32)) {
      assertThat(order(reader, batch, rows, 64)).isEqualTo(expected);
      assertThatThrownBy(() -> reader.fill(batch, 1)).hasMessageContaining("no more samples");
    }
    try (ShardReader reader = Prefetching.of(samples, 0, 1, 0, 48, DType.FLOAT32)) {
      reader.fill(batch, 1); // closed in the midst of reading
    }
  }

  @Test
  void sparseRowsStaySparse() throws IOException {
    int rows = 100_003;
    for (long memory : new long[] {0, 1L << 40}) {
      SpooledSamples samples = samples(sparse(rows), sparseForm(), rows, memory);
      try (ShardReader reader = samples.open(0, 0, 0);
          ShardReader ahead = Prefetching.of(samples, 0, 0, 0, 333, DType.FLOAT32)) {
        Batch batch = samples.batch(1000, DType.FLOAT32);
        Batch other = samples.batch(1000, DType.FLOAT32);
        long seen = 0;
        for (int from = 0; from < rows; from += 1000) {
          int n = Math.min(1000, rows - from);
          reader.fill(batch, n);
          ahead.fill(other, n);
          SparseRows sparse = Objects.requireNonNull(batch.sparse());
          SparseRows copied = Objects.requireNonNull(other.sparse());
          for (int i = 0; i < n; i++) {
            int at = sparse.starts()[i];
            int count = sparse.starts()[i + 1] - at;
            assertThat(copied.starts()[i]).isEqualTo(at);
            for (int j = 0; j < count; j++) {
              int row = (int) sparse.values()[at];
              assertThat(count).isEqualTo(row % 5);
              assertThat(sparse.values()[at + j]).isEqualTo(row + j);
              assertThat(sparse.indices()[at + j]).isEqualTo(j * 10 + row % 10);
              assertThat(copied.indices()[at + j]).isEqualTo(sparse.indices()[at + j]);
              assertThat(batch.target().get(i)).isEqualTo(row % 7);
            }
            seen += count;
          }
        }
        assertThat(seen).isEqualTo(200_003); // five rows have 0 + 1 + 2 + 3 + 4 values
      }
    }
  }

  @Test
  void damageIsNamedAndTheSpoolGivenUp() throws IOException {
    int rows = 5000;
    SpoolForm form = SpoolForm.dense(FEATURES, 1, true);
    for (long memory : new long[] {0, 1L << 40}) {
      Path path = dense(rows);
      byte[] bytes = Files.readAllBytes(path);
      bytes[3_000_000] ^= 4;
      Files.write(path, bytes);
      damaged.clear();
      SpooledSamples samples = samples(path, form, rows, memory);
      Batch batch = samples.batch(100, DType.FLOAT32);
      try (ShardReader reader = samples.open(0, 0, 0)) {
        assertThatThrownBy(() -> order(reader, batch, rows, 100))
            .isInstanceOf(FormatException.class)
            .hasMessageStartingWith(path + " at byte ")
            .hasMessageContaining("block 2 is not as it was written");
      }
      assertThat(damaged).containsExactly(0);
    }
  }

  @Test
  void filesThatAreNoSpoolsAreRefusedBeforeMemoryIsTaken() throws IOException {
    Path path = dense(1000);
    byte[] bytes = Files.readAllBytes(path);
    for (int cut : new int[] {0, 63, 64, 1000, bytes.length - 1}) {
      Files.write(path, java.util.Arrays.copyOf(bytes, cut));
      assertThatThrownBy(() -> Spool.open(path))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith(path.toString());
    }
    for (int at : new int[] {0, 8, 40, 50, bytes.length - 1, bytes.length - 9}) {
      byte[] changed = bytes.clone();
      changed[at] ^= 0x40;
      Files.write(path, changed);
      assertThatThrownBy(() -> Spool.open(path)).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void anUnfinishedSpoolIsGone() throws IOException {
    Path path = folder.resolve("unfinished");
    try (SpoolWriter writer = new SpoolWriter(path, SpoolForm.dense(1, 1, false))) {
      writer.add(new byte[8]);
      assertThatThrownBy(() -> writer.add(new byte[7])).hasMessageContaining("rows have 8 bytes");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
