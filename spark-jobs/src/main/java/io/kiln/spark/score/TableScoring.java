package io.kiln.spark.score;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.AnswerDetails;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.Evaluator;
import io.kiln.nn.train.SparseInput;
import io.kiln.spark.cluster.LeasedTasks;
import io.kiln.spark.report.Json;
import io.kiln.spark.shards.GivenTable;
import io.kiln.spark.shards.RowCounts;
import io.kiln.spark.shards.RowForm;
import io.kiln.spark.shards.SampleRows;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * A saved network run forward over a table by partition: every task scores its rows and writes its
 * own part. Nothing of the table's size passes the driver, and nothing is shuffled. The driver's
 * side; one thread's.
 */
public final class TableScoring implements AutoCloseable {
  private final JavaSparkContext spark;
  private final SparkSession session;
  private final HadoopStorage storage;
  private final GivenModel model;
  private final GivenTable table;

  /**
   * The scoring of a table.
   *
   * @param path of the model
   * @param loaded the driver's own copy of it
   */
  public TableScoring(
      SparkSession session,
      HadoopStorage storage,
      String path,
      ModelFolder.Loaded loaded,
      GivenTable table)
      throws IOException {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.storage = storage;
    this.model = GivenModel.of(spark, storage, path, loaded);
    this.table = table;
  }

  /**
   * What became of the rows.
   *
   * @param rows that were scored
   * @param dropped rows with missing cells that were left out
   */
  public record Scored(long rows, long dropped) {
    private static Scored of(List<long[]> each) {
      return new Scored(
          each.stream().mapToLong(one -> one[0]).sum(),
          each.stream().mapToLong(one -> one[1]).sum());
    }

    /** What the user should know; empty if all rows were scored. */
    public List<String> notes() {
      return dropped == 0 ? List.of() : List.of(dropped + " rows with missing cells were left out");
    }
  }

  /**
   * How the network does.
   *
   * @param scored what became of the rows
   * @param inspected how it does on them
   */
  public record Judged(Scored scored, Inspected inspected) {
    /** Loss and answers. */
    public Evaluation evaluation() {
      return inspected.evaluation();
    }

    private Judged plus(Judged other) {
      return new Judged(
          new Scored(scored.rows + other.scored.rows, scored.dropped + other.scored.dropped),
          inspected.plus(other.inspected));
    }
  }

  /**
   * Compares the answers with the labels; the partitions' sums are added in their order.
   *
   * @param looks whether somebody wants to see the answers themselves: then rows are counted first
   * @throws FormatException if a row cannot be a sample, with its place
   */
  public Judged evaluate(boolean looks) throws IOException {
    return leased(() -> judge(looks));
  }

  private Judged judge(boolean looks) throws IOException {
    GivenModel given = model;
    RowForm form = table.form();
    RowCounts counts = looks ? counted() : null;
    List<byte[]> parts;
    try {
      parts =
          table
              .samples()
              .mapPartitionsWithIndex(
                  (partition, rows) -> {
                    RowCounts.Walk walk =
                        counts == null ? null : counts.walk(partition, form.name());
                    return List.of(Json.bytes(judged(given, form, rows.next(), walk))).iterator();
                  },
                  true)
              .collect();
    } catch (Exception e) { // Spark declares none of what it throws
      throw table.explained(e, counts);
    }
    Judged sum = null;
    for (byte[] part : parts) {
      Judged one = Json.read("evaluation of a task", part, Judged.class);
      sum = sum == null ? one : sum.plus(one);
    }
    if (sum == null || sum.scored.rows() == 0) {
      throw empty(sum == null ? 0 : sum.scored.dropped());
    }
    return sum;
  }

  private static Judged judged(
      GivenModel model, RowForm form, SampleRows samples, RowCounts.@Nullable Walk walk)
      throws IOException {
    ModelFolder.Loaded loaded = model.loaded();
    AnswerDetails details = Inspected.room(loaded, walk != null);
    long[] count = {0};
    Places places = new Places();
    Evaluation evaluation =
        new Evaluator(loaded.network(), loaded.loss())
            .evaluate(
                batch -> {
                  int n = samples.fill(batch);
                  count[0] += n;
                  if (walk != null) {
                    places.take(walk, samples, n);
                  }
                  return n;
                },
                form.weighted(),
                form.sparse() && SparseInput.reads(loaded.network()),
                form.scale(),
                details,
                places::place);
    return new Judged(new Scored(count[0], samples.dropped()), Inspected.of(evaluation, details));
  }

  /** Where the rows of a batch stand in what was given. */
  private static final class Places {
    private long[] places = new long[0];

    void take(RowCounts.Walk walk, SampleRows rows, int n) throws FormatException {
      places = places.length < n ? new long[n] : places;
      for (int i = 0; i < n; i++) {
        places[i] = walk.place(rows.offset(i));
      }
    }

    long place(int row) {
      return places[row];
    }
  }

  private FormatException empty(long dropped) {
    return new FormatException(
        table.name(),
        -1,
        "it has no rows"
            + (dropped > 0
                ? " but " + dropped + " with missing cells, which data.missing drops"
                : "; give a table with rows, or correct data.where"));
  }

  /**
   * Writes a folder of Parquet files, a part by each task; it has its name only when it is whole.
   *
   * @param place of a new folder
   */
  public Scored parquet(Predictions predictions, String place) throws IOException {
    return leased(() -> writeParquet(predictions, place));
  }

  private Scored writeParquet(Predictions predictions, String place) throws IOException {
    RowCounts counts = counted();
    DataType id = Predictions.idType(counts.rows());
    GivenModel given = model;
    RowForm form = table.form();
    try (ParquetParts parts = new ParquetParts(session, storage, predictions, id, place)) {
      List<long[]> all =
          table
              .samples()
              .mapPartitionsWithIndex(
                  (partition, each) -> {
                    TableAnswers answers =
                        new TableAnswers(given, form, counts, each.next(), partition);
                    long rows = parts.write(partition, new TableAnswered(answers));
                    return List.of(new long[] {rows, answers.dropped()}).iterator();
                  },
                  true)
              .collect();
      parts.finish();
      return Scored.of(all);
    } catch (Exception e) { // Spark declares none of what it throws
      throw table.explained(e, counts);
    }
  }

  /**
   * Writes a CSV file: tasks write parts, which are strung together in the order of the rows.
   *
   * @param place of a new file, which every executor sees
   */
  public Scored csv(Predictions predictions, String place) throws IOException {
    return leased(() -> writeCsv(predictions, place));
  }

  private Scored writeCsv(Predictions predictions, String place) throws IOException {
    RowCounts counts = counted();
    String parts = place + "." + UUID.randomUUID() + ".parts";
    String unfinished = parts + ".tmp";
    GivenModel given = model;
    RowForm form = table.form();
    HadoopStorage files = storage;
    try (Marker marker = Marker.of(storage, parts + ".here")) {
      List<long[]> all =
          table
              .samples()
              .mapPartitionsWithIndex(
                  (partition, rows) -> {
                    marker.check();
                    return List.of(
                            new CsvParts(files, parts, predictions)
                                .write(
                                    new TableAnswers(given, form, counts, rows.next(), partition)))
                        .iterator();
                  },
                  true)
              .collect();
      try (OutputStream out = storage.create(unfinished)) {
        out.write(predictions.header().getBytes(StandardCharsets.UTF_8));
        CsvParts.string(storage, parts, all, out);
      }
      storage.rename(unfinished, place);
      return Scored.of(all);
    } catch (Exception e) { // Spark declares none of what it throws
      throw table.explained(e, counts);
    } finally {
      storage.delete(unfinished);
      storage.delete(parts);
    }
  }

  /** Prints lines for people, one partition after another. */
  public void print(Predictions predictions, PrintStream out) throws IOException {
    leased(
        () -> {
          printLines(predictions, out);
          return predictions;
        });
  }

  private void printLines(Predictions predictions, PrintStream out) throws IOException {
    RowCounts counts = counted();
    GivenModel given = model;
    RowForm form = table.form();
    try {
      Iterator<byte[]> lines =
          table
              .samples()
              .mapPartitionsWithIndex(
                  (partition, rows) ->
                      new PrintedRows(
                          predictions,
                          new TableAnswers(given, form, counts, rows.next(), partition)),
                  true)
              .toLocalIterator();
      while (lines.hasNext()) {
        out.writeBytes(lines.next());
      }
    } catch (Exception e) { // Spark declares none of what it throws
      throw table.explained(e, counts);
    }
  }

  private <T> T leased(LeasedTasks.Jobs<T> jobs) throws IOException {
    return LeasedTasks.run(spark, table.samples().getNumPartitions(), jobs);
  }

  private RowCounts counted() throws IOException {
    RowCounts counts = table.count();
    if (counts.rows() == 0) {
      throw empty(0);
    }
    return counts;
  }

  @Override
  public void close() {
    model.close();
  }
}
