package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.cluster.LeasedTasks;
import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.score.Answer;
import io.kiln.spark.score.ParquetParts;
import io.kiln.spark.score.Predictions;
import io.kiln.spark.score.TableScoring;
import io.kiln.spark.shards.GivenTable;
import io.kiln.spark.store.HadoopStorage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * {@code kiln predict}: the answer to each sample, in the order of the data. Of tables every task
 * writes its own part. Of other data tasks write finished lines, and the driver only strings them
 * together, a bounded number of bytes at a time.
 */
public final class PredictJob implements Job<PredictRequest> {
  private static final long MOST_BYTES_OF_A_PART = 8 << 20;
  private static final long MOST_BYTES_AT_ONCE = 256 << 20;

  @Override
  public void run(PredictRequest request, PrintStream out) throws Exception {
    try (SparkRuntime runtime = new SparkRuntime("predict", request.place().master())) {
      HadoopStorage storage = runtime.storage();
      String place = place(request, runtime, storage);
      if (!request.sections().isEmpty()) {
        LinkedHashMap<String, Object> section =
            Scoring.section(Map.of(), request.data(), runtime.places());
        Scoring scoring = Scoring.bare(storage, request.model(), request.sections(), section);
        samples(request, runtime, scoring, place, out);
        return;
      }
      ModelFolder.Loaded loaded = ModelFolder.read(storage, request.model());
      LinkedHashMap<String, Object> section =
          Scoring.section(loaded.data(), request.data(), runtime.places());
      if (Scoring.ofTable(section)) {
        table(request, runtime, loaded, section, place, out);
      } else {
        samples(request, runtime, Scoring.of(storage, request.model(), section), place, out);
      }
    }
  }

  /** Where predictions go, which must be free; null if they are printed. */
  private static @Nullable String place(
      PredictRequest request, SparkRuntime runtime, HadoopStorage storage) throws IOException {
    String asked = request.out();
    String place = asked == null ? null : runtime.places().out(asked);
    if (place == null) {
      return null;
    }
    String file = request.parquet() || place.endsWith(".csv") ? place : place + "/part-0.csv";
    free(storage, file);
    return file;
  }

  private static void table(
      PredictRequest request,
      SparkRuntime runtime,
      ModelFolder.Loaded loaded,
      Map<String, Object> section,
      @Nullable String place,
      PrintStream out)
      throws IOException {
    HadoopStorage storage = runtime.storage();
    Predictions predictions = predictions(storage, request, loaded, section);
    GivenTable table =
        Given.table(
            runtime, request.place(), loaded, section, request.data(), GivenTable.Use.PREDICT);
    try (TableScoring scoring =
        new TableScoring(runtime.session(), storage, request.model(), loaded, table)) {
      if (place == null) {
        scoring.print(predictions, out);
        return;
      }
      TableScoring.Scored scored =
          request.parquet() ? scoring.parquet(predictions, place) : scoring.csv(predictions, place);
      for (String note : scored.notes()) {
        System.err.println("kiln: note: " + note);
      }
      out.println(scored.rows() + " predictions written to " + place);
    }
  }

  private static void samples(
      PredictRequest request,
      SparkRuntime runtime,
      Scoring scoring,
      @Nullable String place,
      PrintStream out)
      throws IOException {
    HadoopStorage storage = scoring.storage();
    ModelFolder.Loaded loaded = Given.samples(scoring, request.place(), request.data());
    for (String note : scoring.samples().notes()) {
      System.err.println("kiln: note: " + note);
    }
    Predictions predictions = predictions(storage, request, loaded, scoring.data());
    Answering answering = new Answering(request.model(), predictions.reading());
    try (JavaSparkContext spark = runtime.start()) {
      Written written = new Written(spark, request, scoring, answering, predictions);
      if (place == null) {
        written.lines(Predictions::printed, out::writeBytes);
        return;
      }
      if (request.parquet()) {
        written.parquet(place);
      } else {
        written.csv(place);
      }
    }
    out.println(scoring.samples().data().size() + " predictions written to " + place);
  }

  /** How an answer is written as text. */
  @FunctionalInterface
  private interface Line extends Serializable {
    void write(Predictions predictions, Answer answer, StringBuilder lines);
  }

  /** What was asked for, on its way to where it goes. */
  private record Written(
      JavaSparkContext spark,
      PredictRequest request,
      Scoring scoring,
      Answering answering,
      Predictions predictions) {
    /**
     * So many samples that the text of a part, and of all tasks together, stays small: Spark ends a
     * job whose results pass its limit.
     */
    private int most() {
      long limit = spark.getConf().getSizeAsBytes("spark.driver.maxResultSize", "1g");
      long atOnce = limit == 0 ? MOST_BYTES_AT_ONCE : Math.min(MOST_BYTES_AT_ONCE, limit / 4);
      long bytes = Math.min(MOST_BYTES_OF_A_PART, atOnce / request.workers());
      return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / predictions.bytes()));
    }

    void lines(Line line, Scoring.Taker taker) throws IOException {
      Answering network = answering;
      Predictions table = predictions;
      scoring.run(
          spark,
          request.workers(),
          most(),
          (loaded, samples, from, to) -> {
            StringBuilder lines = new StringBuilder();
            network.run(loaded, samples, from, to, answer -> line.write(table, answer, lines));
            return lines.toString().getBytes(StandardCharsets.UTF_8);
          },
          taker);
    }

    /** Written under another name, and renamed when it is whole. */
    void csv(String place) throws IOException {
      String unfinished = place + "." + UUID.randomUUID() + ".tmp";
      try {
        try (OutputStream csv = scoring.storage().create(unfinished)) {
          csv.write(predictions.header().getBytes(StandardCharsets.UTF_8));
          lines(Predictions::csv, csv::write);
        }
        scoring.storage().rename(unfinished, place);
      } finally {
        scoring.storage().delete(unfinished);
      }
    }

    /** Tasks write the rows themselves, a file each. */
    void parquet(String place) throws IOException {
      Answering network = answering;
      Scoring saved = scoring;
      DataType id = Predictions.idType(scoring.samples().ids());
      int all = scoring.samples().data().size();
      int tasks = Math.max(1, Math.min(request.workers(), all));
      int most = most();
      List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
      SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
      try (ParquetParts parts =
          new ParquetParts(session, scoring.storage(), predictions, id, place)) {
        LeasedTasks.run(
            spark,
            tasks,
            () -> {
              spark
                  .parallelize(numbers, tasks)
                  .foreach(
                      number ->
                          parts.write(
                              number, new SampleAnswers(saved, network, tasks, most, number)));
              return parts;
            });
        parts.finish();
      }
    }
  }

  private static void free(HadoopStorage storage, String place) throws IOException {
    try {
      storage.list(place);
    } catch (NoSuchFileException e) {
      return;
    }
    throw new FileAlreadyExistsException(place);
  }

  private static Predictions predictions(
      HadoopStorage storage,
      PredictRequest request,
      ModelFolder.Loaded loaded,
      Map<String, Object> data)
      throws IOException {
    OutputReading reading = OutputReading.of(loaded);
    List<String> own = loaded.network().spec().classNames();
    // In files of CIFAR-10 the classes are numbers; their names are for people.
    boolean numbers = "cifar10".equals(data.get("format")) || own.size() != reading.width();
    return new Predictions(
        reading,
        new ArrayList<>(numbers ? List.of() : own),
        new ArrayList<>(names(storage, request, loaded.network(), reading)),
        column(data),
        request.top(),
        request.probabilities());
  }

  /** What a regression's answers are called: as its label was, if that had a name. */
  private static String column(Map<String, Object> data) {
    String label = String.valueOf(data.getOrDefault("label", ""));
    boolean name = !label.matches("|-?\\d+|last|none|Id|Step");
    return name ? label : "Prediction";
  }

  /** The names of the file that was given, without WordNet's numbers in front, or the model's. */
  private static List<String> names(
      HadoopStorage storage, PredictRequest request, Network network, OutputReading reading)
      throws IOException {
    String file = request.names();
    if (file == null) {
      List<String> own = network.spec().classNames();
      return own.size() == reading.width() ? own : List.of();
    }
    List<String> names;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(storage.open(file), StandardCharsets.UTF_8))) {
      names =
          lines
              .lines()
              .map(line -> line.replaceFirst("^n\\d{8}\\s+", "").strip())
              .filter(line -> !line.isEmpty())
              .toList();
    }
    int classes = reading.classifies() ? reading.width() : 0;
    if (names.size() != classes) {
      throw new ConfigException(
          "--names: "
              + file
              + " has "
              + names.size()
              + " names but the model answers with "
              + classes
              + " classes; give one line each");
    }
    return names;
  }
}
