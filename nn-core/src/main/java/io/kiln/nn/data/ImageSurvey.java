package io.kiln.nn.data;

import io.kiln.nn.io.Digests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is learnt of images by a look at all of their pixels, some in one place and some in another:
 * a check number of each, how often each value occurs in the training part, what their files were
 * like. Surveys of successive slices make one of the whole, to the bit that of a single look.
 */
public final class ImageSurvey {
  private static final int LEVELS = 256;

  /** For each set of images a check number of each image of the slice. */
  private final long[][] checks;

  private final long[][] histogram;
  private final int[] turned;
  private final List<List<String>> damage = new ArrayList<>();

  private ImageSurvey(int sets, int channels) {
    this.checks = new long[sets][0];
    this.histogram = new long[channels][LEVELS];
    this.turned = new int[sets];
    for (int i = 0; i < sets; i++) {
      damage.add(new ArrayList<>());
    }
  }

  /**
   * A survey that is filled by the sinks of {@link #looking}.
   *
   * @param sets of images
   * @param channels of an image of the first set, whose values are counted
   */
  static ImageSurvey empty(int sets, int channels) {
    return new ImageSurvey(sets, channels);
  }

  /**
   * Looks at the images of a set from (inclusive) to (exclusive).
   *
   * @param counted images whose values are counted
   */
  ImageSource.Sink looking(int set, ImageSource source, int from, int to, BitSet counted) {
    long[] own = new long[to - from];
    checks[set] = own;
    int size = source.shape().count();
    Map<Integer, String> warnings = new TreeMap<>();
    return new ImageSource.Sink() {
      @Override
      public void take(int index, byte[] pixels, int offset) {
        own[index - from] = check(pixels, offset, size);
        if (counted.get(index)) {
          count(pixels, offset, size);
        }
      }

      @Override
      public void seen(int index, ImageFiles.Seen seen) {
        synchronized (ImageSurvey.this) {
          turned[set] += seen.turned() ? 1 : 0;
          if (!seen.damage().isEmpty()) {
            warnings.put(index, seen.path() + " was read though it is damaged: " + seen.damage());
            damage.set(set, new ArrayList<>(warnings.values()));
          }
        }
      }
    };
  }

  /** The first 64 bits of the SHA-256 of an image's pixels. */
  static long check(byte[] pixels, int offset, int size) {
    var digest = Digests.sha256();
    digest.update(pixels, offset, size);
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  private synchronized void count(byte[] pixels, int offset, int size) {
    int area = size / histogram.length;
    int at = offset;
    for (long[] counts : histogram) {
      for (int end = at + area; at < end; at++) {
        counts[pixels[at] & 0xff]++;
      }
    }
  }

  /** Adds the survey of the slice that follows. */
  public void add(ImageSurvey next) {
    for (int set = 0; set < checks.length; set++) {
      long[] more = next.checks[set];
      int before = checks[set].length;
      checks[set] = Arrays.copyOf(checks[set], before + more.length);
      System.arraycopy(more, 0, checks[set], before, more.length);
      turned[set] += next.turned[set];
      damage.get(set).addAll(next.damage.get(set));
    }
    for (int c = 0; c < histogram.length; c++) {
      for (int value = 0; value < LEVELS; value++) {
        histogram[c][value] += next.histogram[c][value];
      }
    }
  }

  /** Mean and deviation of the pixels that were counted. */
  Normalization normalization() {
    return Normalization.ofCounts(histogram);
  }

  /** The check number of an image. */
  long check(int set, int image) {
    return checks[set][image];
  }

  /** SHA-256 of all check numbers and labels. */
  String fingerprint(List<ImageSource> sources) {
    var digest = Digests.sha256();
    for (int set = 0; set < checks.length; set++) {
      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
      for (long check : checks[set]) {
        digest.update(bytes.putLong(0, check).array());
      }
      int width = sources.get(set).classes().count() <= LEVELS ? 1 : Integer.BYTES;
      for (int label : sources.get(set).labels()) {
        for (int i = 0; i < width; i++) {
          digest.update((byte) (label >>> (8 * i)));
        }
      }
    }
    return Digests.hex(digest.digest());
  }

  /** What the user should know of the files. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (int set = 0; set < checks.length; set++) {
      notes.addAll(damage.get(set));
      if (turned[set] > 0) {
        notes.add(
            turned[set]
                + (turned[set] == 1 ? " image of " : " images of ")
                + checks[set].length
                + " lay on a side and "
                + (turned[set] == 1 ? "was" : "were")
                + " turned upright, as EXIF says; data.orientation: ignore leaves them so");
      }
    }
    return notes;
  }

  /** As bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(checks.length);
      out.writeInt(histogram.length);
      for (int set = 0; set < checks.length; set++) {
        out.writeInt(checks[set].length);
        for (long check : checks[set]) {
          out.writeLong(check);
        }
        out.writeInt(turned[set]);
        out.writeInt(damage.get(set).size());
        for (String each : damage.get(set)) {
          out.writeUTF(each.substring(0, Math.min(each.length(), 1 << 12)));
        }
      }
      for (long[] counts : histogram) {
        for (long count : counts) {
          out.writeLong(count);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("survey: memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /** From bytes of {@link #toBytes}. */
  public static ImageSurvey of(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int sets = size(in, Integer.BYTES);
      ImageSurvey survey = new ImageSurvey(sets, size(in, LEVELS * Long.BYTES));
      for (int set = 0; set < sets; set++) {
        survey.checks[set] = new long[size(in, Long.BYTES)];
        for (int i = 0; i < survey.checks[set].length; i++) {
          survey.checks[set][i] = in.readLong();
        }
        survey.turned[set] = in.readInt();
        for (int left = size(in, 2); left > 0; left--) {
          survey.damage.get(set).add(in.readUTF());
        }
      }
      for (long[] counts : survey.histogram) {
        for (int value = 0; value < LEVELS; value++) {
          counts[value] = in.readLong();
        }
      }
      return survey;
    }
  }

  private static int size(DataInputStream in, int bytesEach) throws IOException {
    int size = in.readInt();
    if (size < 0 || size > in.available() / bytesEach) {
      throw new IOException("survey: a list of " + size + " came but its bytes are not there");
    }
    return size;
  }
}
