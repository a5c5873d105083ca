package io.kiln.spark.shards;

import io.kiln.nn.data.ExactMoments;
import io.kiln.nn.data.WeightedMoments;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What is learnt of a table's rows. Two of them add up to what one that saw all rows would be,
 * whatever the order: sums are exact, and sets are sets. Not thread-safe.
 */
final class TableStatistics {
  /** More different labels are no classes, and more different texts no categories. */
  static final int MOST_NAMES = 10_000;

  private static final int MOST_PROBLEMS = 1000;

  final int shards;
  long rows;
  long dropped;
  long high;
  long low;

  /** Rows of every shard of every part; part p's shard v is at p·V + v. */
  final long[] counts;

  /** Sum of the rows' keys of every shard of every part: what a spool is compared with. */
  final long[] checks;

  /** Numbers of each column of features; empty before the first row. */
  int[] widths = new int[0];

  boolean wide;
  long nonZero;

  /** Rows to learn from whose weight is not 0. */
  long weighing;

  /** Of each number of the features, over the rows that are learnt from; none if wide. */
  List<ExactMoments> moments = new ArrayList<>();

  /** Of each number of the label, over the rows that are learnt from. */
  List<WeightedMoments> labelMoments = new ArrayList<>();

  /** Numbers of the label. */
  int labels = -1;

  boolean wholeLabels = true;
  boolean manyLabels;

  /** The least and the greatest number of a label. */
  double least = Double.POSITIVE_INFINITY;

  double greatest = Double.NEGATIVE_INFINITY;

  /** Rows of each part of each label that is a text. */
  final Map<UTF8String, long[]> labelTexts = new HashMap<>();

  /** Rows of each part of each label that is one number. */
  final Map<Double, long[]> labelNumbers = new HashMap<>();

  /** Texts of each column of texts. */
  final List<Set<UTF8String>> categories = new ArrayList<>();

  /** What is wrong, and how often. */
  final TreeMap<String, Long> problems = new TreeMap<>();

  TableStatistics(int shards, int columns) {
    this.shards = shards;
    this.counts = new long[Part.COUNT * shards];
    this.checks = new long[counts.length];
    for (int i = 0; i < columns; i++) {
      categories.add(new HashSet<>());
    }
  }

  /** Adds a row that has been read and hashed. */
  void add(RowReader row, RowKey key, Part part, TableColumns columns) {
    rows++;
    high += key.high();
    low += key.low();
    int shard = part.partition(key.shard(shards), shards);
    counts[shard]++;
    checks[shard] += key.key();
    nonZero += row.nonZero;
    weighing += part == Part.TRAIN && row.weight > 0 ? 1 : 0;
    boolean first = widths.length == 0;
    if (first) {
      widths = row.widths.clone();
      wide = row.wide;
      labels = row.labels;
    }
    for (int i = 0; i < widths.length; i++) {
      if (widths[i] != row.widths[i]) {
        problem(TableScan.lengths(columns.features().get(i).name()));
        return;
      }
      UTF8String text = row.texts[i];
      if (text != null && !categories.get(i).contains(text)) {
        category(i, text.clone(), columns);
      }
    }
    if (labels != row.labels) {
      problem(TableScan.lengths(columns.label().get(0).name()));
      return;
    }
    label(row, part);
    if (part == Part.TRAIN && !wide) {
      while (moments.size() < row.count) {
        moments.add(new ExactMoments());
      }
      for (int i = 0; i < row.count; i++) {
        moments.get(i).add(row.x[i]);
      }
    }
  }

  private void category(int column, UTF8String text, TableColumns columns) {
    if (categories.get(column).size() < MOST_NAMES) {
      categories.get(column).add(text);
    } else {
      problem(
          "column '"
              + columns.features().get(column).name()
              + "' has more than "
              + MOST_NAMES
              + " different texts, too many for categories");
    }
  }

  private void label(RowReader row, Part part) {
    if (row.labelText != null) {
      long[] known = labelTexts.get(row.labelText);
      if (known == null && !manyLabels) {
        known = new long[Part.COUNT];
        labelTexts.put(row.labelText.clone(), known);
      }
      if (known != null) {
        known[part.place()]++;
      }
    } else {
      for (int j = 0; j < row.labels; j++) {
        least = Math.min(least, row.y[j]);
        greatest = Math.max(greatest, row.y[j]);
      }
      for (int j = 0; part == Part.TRAIN && j < row.labels; j++) {
        if (j == labelMoments.size()) {
          labelMoments.add(new WeightedMoments());
        }
        labelMoments.get(j).add(row.y[j], row.weight);
      }
      if (row.labels == 1) {
        wholeLabels &= row.y[0] == Math.rint(row.y[0]);
        if (!manyLabels) {
          labelNumbers.computeIfAbsent(row.y[0], y -> new long[Part.COUNT])[part.place()]++;
        }
      }
    }
    forgetMany();
  }

  private void forgetMany() {
    if (labelTexts.size() > MOST_NAMES || labelNumbers.size() > MOST_NAMES) {
      manyLabels = true;
    }
    if (manyLabels) {
      labelTexts.clear();
      labelNumbers.clear();
    }
  }

  void problem(String what) {
    if (problems.size() < MOST_PROBLEMS || problems.containsKey(what)) {
      problems.merge(what, 1L, Long::sum);
    }
  }

  /** Rows of a part. */
  long rows(Part part) {
    long sum = 0;
    for (int v = 0; v < shards; v++) {
      sum += counts[part.partition(v, shards)];
    }
    return sum;
  }

  /** Adds what others have seen. */
  void add(TableStatistics other, TableColumns columns) {
    rows += other.rows;
    dropped += other.dropped;
    high += other.high;
    low += other.low;
    nonZero += other.nonZero;
    weighing += other.weighing;
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
      checks[i] += other.checks[i];
    }
    other.problems.forEach((what, count) -> problems.merge(what, count, Long::sum));
    manyLabels |= other.manyLabels;
    wholeLabels &= other.wholeLabels;
    least = Math.min(least, other.least);
    greatest = Math.max(greatest, other.greatest);
    other.labelTexts.forEach((text, each) -> labelTexts.merge(text, each, TableStatistics::plus));
    other.labelNumbers.forEach(
        (number, each) -> labelNumbers.merge(number, each, TableStatistics::plus));
    forgetMany();
    for (int i = 0; i < categories.size(); i++) {
      for (UTF8String text : other.categories.get(i)) {
        if (!categories.get(i).contains(text)) {
          category(i, text, columns);
        }
      }
    }
    if (other.widths.length == 0) {
      return;
    }
    if (widths.length == 0) {
      widths = other.widths;
      wide = other.wide;
      labels = other.labels;
    }
    for (int i = 0; i < widths.length; i++) {
      if (widths[i] != other.widths[i]) {
        problem(TableScan.lengths(columns.features().get(i).name()));
        return;
      }
    }
    if (labels != other.labels) {
      problem(TableScan.lengths(columns.label().get(0).name()));
      return;
    }
    for (int j = 0; j < other.labelMoments.size(); j++) {
      if (j == labelMoments.size()) {
        labelMoments.add(other.labelMoments.get(j));
      } else {
        labelMoments.get(j).add(other.labelMoments.get(j));
      }
    }
    if (moments.isEmpty()) {
      moments = other.moments;
    } else {
      for (int i = 0; i < other.moments.size(); i++) {
        moments.get(i).add(other.moments.get(i));
      }
    }
  }

  private static long[] plus(long[] a, long[] b) {
    long[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (long number : new long[] {rows, dropped, high, low, nonZero, weighing}) {
      out.writeLong(number);
    }
    for (int i = 0; i < counts.length; i++) {
      out.writeLong(counts[i]);
      out.writeLong(checks[i]);
    }
    out.writeInt(widths.length);
    for (int width : widths) {
      out.writeInt(width);
    }
    out.writeBoolean(wide);
    out.writeInt(labels);
    out.writeBoolean(wholeLabels);
    out.writeDouble(least);
    out.writeDouble(greatest);
    out.writeBoolean(manyLabels);
    out.writeInt(moments.size());
    for (ExactMoments each : moments) {
      each.write(out);
    }
    out.writeInt(labelMoments.size());
    for (WeightedMoments each : labelMoments) {
      each.write(out);
    }
    out.writeInt(labelTexts.size());
    for (Map.Entry<UTF8String, long[]> entry : labelTexts.entrySet()) {
      text(out, entry.getKey());
      parts(out, entry.getValue());
    }
    out.writeInt(labelNumbers.size());
    for (Map.Entry<Double, long[]> entry : labelNumbers.entrySet()) {
      out.writeDouble(entry.getKey());
      parts(out, entry.getValue());
    }
    for (Set<UTF8String> texts : categories) {
      out.writeInt(texts.size());
      for (UTF8String text : texts) {
        text(out, text);
      }
    }
    out.writeInt(problems.size());
    for (Map.Entry<String, Long> entry : problems.entrySet()) {
      text(out, UTF8String.fromString(entry.getKey()));
      out.writeLong(entry.getValue());
    }
    return bytes.toByteArray();
  }

  private static void parts(DataOutputStream out, long[] parts) throws IOException {
    for (long each : parts) {
      out.writeLong(each);
    }
  }

  private static long[] parts(DataInputStream in) throws IOException {
    long[] parts = new long[Part.COUNT];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = in.readLong();
    }
    return parts;
  }

  private static void text(DataOutputStream out, UTF8String text) throws IOException {
    out.writeInt(text.numBytes());
    out.write(text.getBytes());
  }

  private static UTF8String text(DataInputStream in) throws IOException {
    return UTF8String.fromBytes(in.readNBytes(in.readInt()));
  }

  static TableStatistics of(byte[] bytes, int shards, int columns) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    TableStatistics read = new TableStatistics(shards, columns);
    read.rows = in.readLong();
    read.dropped = in.readLong();
    read.high = in.readLong();
    read.low = in.readLong();
    read.nonZero = in.readLong();
    read.weighing = in.readLong();
    for (int i = 0; i < read.counts.length; i++) {
      read.counts[i] = in.readLong();
      read.checks[i] = in.readLong();
    }
    read.widths = new int[in.readInt()];
    for (int i = 0; i < read.widths.length; i++) {
      read.widths[i] = in.readInt();
    }
    read.wide = in.readBoolean();
    read.labels = in.readInt();
    read.wholeLabels = in.readBoolean();
    read.least = in.readDouble();
    read.greatest = in.readDouble();
    read.manyLabels = in.readBoolean();
    for (int left = in.readInt(); left > 0; left--) {
      read.moments.add(ExactMoments.read(in));
    }
    for (int left = in.readInt(); left > 0; left--) {
      read.labelMoments.add(WeightedMoments.read(in));
    }
    for (int left = in.readInt(); left > 0; left--) {
      UTF8String text = text(in);
      read.labelTexts.put(text, parts(in));
    }
    for (int left = in.readInt(); left > 0; left--) {
      double number = in.readDouble();
      read.labelNumbers.put(number, parts(in));
    }
    for (Set<UTF8String> texts : read.categories) {
      for (int left = in.readInt(); left > 0; left--) {
        texts.add(text(in));
      }
    }
    for (int left = in.readInt(); left > 0; left--) {
      String what = text(in).toString();
      read.problems.put(what, in.readLong());
    }
    return read;
  }
}
