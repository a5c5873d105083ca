package io.kiln.nn.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A spool in mapped memory, any row at once. The segments of at most 1 GiB are shared by all
 * readers of the spool; a block is checked by the first that comes to it.
 */
final class MappedRows {
  private static final long SEGMENT_BYTES = 1 << 30;

  private final Spool spool;
  private final List<ByteBuffer> segments = new ArrayList<>();
  private final int[] segmentOf;
  private final int[] placeOf;
  private final AtomicIntegerArray checked;

  private MappedRows(Spool spool) {
    this.spool = spool;
    this.segmentOf = new int[spool.blocks()];
    this.placeOf = new int[spool.blocks() + 1];
    this.checked = new AtomicIntegerArray(spool.blocks() / Integer.SIZE + 1);
  }

  /** Maps the whole file. */
  static MappedRows of(Spool spool) throws IOException {
    MappedRows mapped = new MappedRows(spool);
    try (FileChannel channel = FileChannel.open(spool.path(), StandardOpenOption.READ)) {
      int first = 0;
      while (first < spool.blocks()) {
        int end = first + 1;
        while (end < spool.blocks() && spool.start(end + 1) - spool.start(first) <= SEGMENT_BYTES) {
          end++;
        }
        long from = spool.start(first);
        ByteBuffer segment =
            channel
                .map(FileChannel.MapMode.READ_ONLY, from, spool.start(end) - from)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int block = first; block < end; block++) {
          mapped.segmentOf[block] = mapped.segments.size();
          mapped.placeOf[block] = (int) (spool.start(block) - from);
        }
        mapped.segments.add(segment);
        first = end;
      }
    }
    return mapped;
  }

  /** A reader's own place in it. */
  SpoolReader.Rows rows() {
    return new Cursor();
  }

  private boolean isChecked(int block) {
    return (checked.get(block / Integer.SIZE) >>> block & 1) != 0;
  }

  private void check(int block, CRC32C crc) throws IOException {
    int bytes = (int) (spool.start(block + 1) - spool.start(block));
    spool.check(block, crc, segments.get(segmentOf[block]).slice(placeOf[block], bytes));
    int bit = 1 << block;
    checked.accumulateAndGet(block / Integer.SIZE, bit, (was, more) -> was | more);
  }

  private final class Cursor implements SpoolReader.Rows {
    private final FloatBuffer[] floats = new FloatBuffer[segments.size()];
    private final IntBuffer[] ints = new IntBuffer[segments.size()];
    private final CRC32C crc = new CRC32C();
    private @Nullable FloatBuffer nowFloats;
    private @Nullable IntBuffer nowInts;
    private int at;

    Cursor() {
      for (int i = 0; i < floats.length; i++) {
        ByteBuffer segment = segments.get(i);
        floats[i] = segment.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        ints[i] = segment.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
      }
    }

    @Override
    public void seek(long row) throws IOException {
      int blockRows = spool.form().blockRows();
      int block = (int) (row / blockRows);
      if (!isChecked(block)) {
        check(block, crc);
      }
      nowFloats = floats[segmentOf[block]];
      nowInts = ints[segmentOf[block]];
      int bytes = (int) (spool.start(block + 1) - spool.start(block));
      at = spool.place(block, (int) (row % blockRows), placeOf[block] / 4, bytes / 4, nowInts);
    }

    @Override
    public FloatBuffer floats() {
      return sought(nowFloats);
    }

    @Override
    public IntBuffer ints() {
      return sought(nowInts);
    }

    private static <T> T sought(@Nullable T buffer) {
      if (buffer == null) {
        throw new IllegalStateException("spool: seek a row first");
      }
      return buffer;
    }

    @Override
    public int at() {
      return at;
    }

    @Override
    public void close() {
      nowFloats = null;
      nowInts = null;
    }
  }
}
