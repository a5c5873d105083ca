package io.kiln.nn.data;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A set of images that was found but not read: its parts, labels and classes are known, of pixels
 * one reads all, none, or a share.
 *
 * <p>Order of calls: {@link #open}; then {@link #whole}, or {@link #survey} (some slices here and
 * some there), {@link #bare} where the set is described, and {@link #share} where a part of it is
 * trained on, with the settings that were fitted. Samples, fingerprint and what is fitted are the
 * same bits either way. Thread-safe.
 */
public final class ImageSet {
  /** The place of the training part among the parts. */
  private static final int TRAIN = 0;

  private final ImagePlan plan;
  private final List<ImagePlan.Part> parts;
  private final List<ImageSource> sources;

  /** For each part the place of its images among the sources. */
  private final int[] setOf;

  private final Map<String, Object> fitted;
  private final List<String> notes;

  private ImageSet(
      ImagePlan plan, List<ImagePlan.Part> parts, Map<String, Object> fitted, List<String> notes) {
    this.plan = plan;
    this.parts = parts;
    this.fitted = fitted;
    this.notes = notes;
    this.sources = new ArrayList<>();
    this.setOf = new int[parts.size()];
    for (int p = 0; p < setOf.length; p++) {
      ImageSource images = parts.get(p).images();
      int set = 0;
      while (set < sources.size() && sources.get(set) != images) {
        set++;
      }
      if (set == sources.size()) {
        sources.add(images);
      }
      setOf[p] = set;
    }
  }

  /**
   * A set of three parts.
   *
   * @param fitted what was learnt of the set without a look at pixels
   */
  static ImageSet of(
      ImagePlan plan,
      ImagePlan.Part train,
      ImagePlan.Part validation,
      ImagePlan.Part test,
      Map<String, Object> fitted,
      List<String> notes) {
    return new ImageSet(plan, List.of(train, validation, test), fitted, notes);
  }

  /** Whether data of a format are such a set. */
  public static boolean reads(String format) {
    return DataSources.IMAGES.containsKey(format);
  }

  /**
   * Finds the set of a data section; see {@link DataSources#load}.
   *
   * @throws io.kiln.nn.config.ConfigException if a setting cannot be used, or the format is another
   */
  public static ImageSet open(Settings data, Storage storage, String root) throws IOException {
    ImageSet set = DataSources.images(data.text("format")).open(data, storage, root);
    data.finish();
    return set;
  }

  /** Bytes of all images once they are decoded. */
  public long bytes() {
    long bytes = 0;
    for (ImageSource source : sources) {
      bytes += (long) source.size() * source.shape().count();
    }
    return bytes;
  }

  /** Bytes of the images of a share. */
  public long bytes(Share share) {
    long bytes = 0;
    for (ImageSource source : sources) {
      bytes += (long) wanted(source, share).cardinality() * source.shape().count();
    }
    return bytes;
  }

  /** Number of images. */
  public long count() {
    return sources.stream().mapToLong(ImageSource::size).sum();
  }

  /**
   * Looks at all pixels of a slice of every set of images, and holds none.
   *
   * @param slice from 0
   * @param slices of equal size, give or take an image
   */
  public ImageSurvey survey(int slice, int slices) throws IOException {
    ImageSurvey survey = empty();
    for (int set = 0; set < sources.size(); set++) {
      ImageSource source = sources.get(set);
      int from = (int) ((long) source.size() * slice / slices);
      int to = (int) ((long) source.size() * (slice + 1) / slices);
      BitSet wanted = new BitSet(source.size());
      wanted.set(from, to);
      source.read(wanted, survey.looking(set, source, from, to, counted(set)));
    }
    return survey;
  }

  private ImageSurvey empty() {
    return ImageSurvey.empty(sources.size(), parts.get(TRAIN).images().shape().size(0));
  }

  /** The images of the first set that are learnt from. */
  private BitSet counted(int set) {
    BitSet counted = new BitSet();
    for (int sample : set == 0 ? parts.get(TRAIN).samples() : new int[0]) {
      counted.set(sample);
    }
    return counted;
  }

  /** All samples, in memory. */
  public Splits whole() throws IOException {
    ImageSurvey survey = empty();
    List<Images> held = new ArrayList<>();
    for (int set = 0; set < sources.size(); set++) {
      ImageSource source = sources.get(set);
      Pixels pixels = Pixels.inMemory(source.size(), source.shape().count());
      ImageSource.Sink looking = survey.looking(set, source, 0, source.size(), counted(set));
      source.read(source.all(), new Holding(pixels, looking));
      held.add(Images.of(source, pixels));
    }
    return splits(held, survey);
  }

  /**
   * Samples whose targets can be read, but not their inputs.
   *
   * @param survey of all slices
   */
  public Splits bare(ImageSurvey survey) {
    List<Images> held = new ArrayList<>();
    for (ImageSource source : sources) {
      int[] none = slots(new BitSet(), source.size());
      held.add(Images.of(source, Pixels.inMemory(0, 1), none));
    }
    return splits(held, survey);
  }

  /**
   * A share of the samples; others cannot be read.
   *
   * @param spill folder of temporary files where pixels are put, or null to hold them in memory
   * @throws io.kiln.nn.config.ConfigException if mean and deviation are not among the settings
   */
  public Shared share(Share share, @Nullable Path spill) throws IOException {
    List<Images> held = new ArrayList<>();
    List<int[]> slots = new ArrayList<>();
    List<long[]> checks = new ArrayList<>();
    for (ImageSource source : sources) {
      BitSet wanted = wanted(source, share);
      int[] slot = slots(wanted, source.size());
      long[] check = new long[wanted.cardinality()];
      int size = source.shape().count();
      Pixels pixels =
          spill == null
              ? Pixels.inMemory(check.length, size)
              : Pixels.inFile(check.length, size, spill);
      source.read(
          wanted,
          (index, bytes, offset) -> {
            pixels.put(slot[index], bytes, offset);
            check[slot[index]] = ImageSurvey.check(bytes, offset, size);
          });
      held.add(Images.of(source, pixels, slot));
      slots.add(slot);
      checks.add(check);
    }
    long[][] sums = sums(share, (set, image) -> checks.get(set)[slots.get(set)[image]]);
    Normalization normalization = given();
    if (normalization == null) {
      throw new ConfigException(
          "data.mean: it is missing; read a share with the settings that were fitted on the whole");
    }
    return new Shared(plan.splits(parts, ofParts(held), normalization, "", fitted, notes), sums);
  }

  /** For each image where it is held, or -1. */
  private static int[] slots(BitSet wanted, int n) {
    int[] slots = new int[n];
    int next = 0;
    for (int i = 0; i < n; i++) {
      slots[i] = wanted.get(i) ? next++ : -1;
    }
    return slots;
  }

  /**
   * Samples of a share.
   *
   * @param splits the parts, of which only the share can be read
   * @param checks as {@link #checks} has them of the whole; 0 for shards of others
   */
  public record Shared(Splits splits, long[][] checks) {}

  /**
   * A check sum of the samples of each shard of each part: the workers' are compared with it.
   *
   * @param survey of all slices
   * @param shards virtual shards V
   * @param seed of the deal
   */
  public long[][] checks(ImageSurvey survey, int shards, long seed) {
    return sums(new Share(0, shards, shards, seed), survey::check);
  }

  private interface Checks {
    long of(int set, int image);
  }

  private long[][] sums(Share share, Checks checks) {
    long[][] sums = new long[parts.size()][share.shards()];
    for (int p = 0; p < sums.length; p++) {
      ImagePlan.Part part = parts.get(p);
      for (int shard = share.first(); shard < share.end(); shard++) {
        for (int sample : samples(p, share, shard)) {
          int image = part.samples()[sample];
          long check = checks.of(setOf[p], image);
          sums[p][shard] += mixed(check ^ mixed(part.images().labels()[image] + 1L + sample));
        }
      }
    }
    return sums;
  }

  /** The finaliser of SplitMix64. */
  private static long mixed(long x) {
    long a = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }

  /** The samples of a shard of a part, as {@link DatasetShards} has them. */
  private int[] samples(int part, Share share, int shard) {
    int n = parts.get(part).samples().length;
    return part == TRAIN ? share.dealt(n, shard) : share.range(n, shard);
  }

  private BitSet wanted(ImageSource source, Share share) {
    BitSet wanted = new BitSet(source.size());
    for (int p = 0; p < parts.size(); p++) {
      ImagePlan.Part part = parts.get(p);
      for (int shard = share.first(); part.images() == source && shard < share.end(); shard++) {
        for (int sample : samples(p, share, shard)) {
          wanted.set(part.samples()[sample]);
        }
      }
    }
    return wanted;
  }

  private List<Images> ofParts(List<Images> held) {
    return IntStream.of(setOf).mapToObj(held::get).toList();
  }

  private @Nullable Normalization given() {
    return plan.given(parts.get(TRAIN).images().shape().size(0));
  }

  private Splits splits(List<Images> held, ImageSurvey survey) {
    Map<String, Object> all = new LinkedHashMap<>(fitted);
    Normalization normalization = given();
    if (normalization == null) {
      normalization = survey.normalization();
      all.put("mean", normalization.mean());
      all.put("deviation", normalization.deviation());
    }
    List<String> more = new ArrayList<>(notes);
    more.addAll(survey.notes());
    return plan.splits(parts, ofParts(held), normalization, survey.fingerprint(sources), all, more);
  }

  /** Keeps what comes, and shows it to another. */
  private record Holding(Pixels pixels, ImageSource.Sink looking) implements ImageSource.Sink {
    @Override
    public void take(int index, byte[] bytes, int offset) throws IOException {
      pixels.put(index, bytes, offset);
      looking.take(index, bytes, offset);
    }

    @Override
    public void seen(int index, ImageFiles.Seen seen) {
      looking.seen(index, seen);
    }
  }
}
