package io.kiln.spark.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.layer.Network;
import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.model.ModelFolder;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.store.HadoopStorage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * {@code kiln predict}: the answer to each sample, in the order of the data. Tasks write finished
 * lines and the driver only strings them together, a bounded number of bytes at a time.
 */
public final class PredictJob implements Job<PredictRequest> {
  private static final long MOST_BYTES_OF_A_PART = 8 << 20;
  private static final long MOST_BYTES_AT_ONCE = 256 << 20;

  @Override
  public void run(PredictRequest request, PrintStream out) throws Exception {
    SparkRuntime runtime = new SparkRuntime("predict", request.place().master());
    HadoopStorage storage = runtime.storage();
    Scoring scoring = Scoring.of(storage, request.model(), request.sections(), request.data());
    ModelFolder.Loaded loaded = Given.data(scoring, request.place());
    for (String note : scoring.samples().notes()) {
      System.err.println("kiln: note: " + note);
    }
    Predictions predictions = predictions(storage, request, loaded, scoring.data());
    Answering answering = new Answering(request.model(), predictions.reading());
    String asked = request.out();
    String place = asked == null ? null : runtime.places().out(asked);
    if (place != null) {
      place = request.parquet() || place.endsWith(".csv") ? place : place + "/part-0.csv";
      free(storage, place);
    }
    try (JavaSparkContext spark = runtime.start()) {
      Written written = new Written(spark, request, scoring, answering, predictions);
      if (place == null) {
        written.print(out);
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

    void print(PrintStream out) throws IOException {
      Answering network = answering;
      Predictions table = predictions;
      scoring.run(
          spark,
          request.workers(),
          most(),
          (loaded, samples, from, to) -> {
            StringBuilder lines = new StringBuilder();
            network.run(
                loaded, samples, from, to, answer -> lines.append(table.printed(samples, answer)));
            return lines.toString().getBytes(StandardCharsets.UTF_8);
          },
          out::writeBytes);
    }

    /** Written under another name, and renamed when it is whole. */
    void csv(String place) throws IOException {
      Answering network = answering;
      Predictions table = predictions;
      String unfinished = place + "." + UUID.randomUUID() + ".tmp";
      try {
        try (OutputStream csv = scoring.storage().create(unfinished)) {
          csv.write(predictions.header().getBytes(StandardCharsets.UTF_8));
          scoring.run(
              spark,
              request.workers(),
              most(),
              (loaded, samples, from, to) -> {
                StringBuilder lines = new StringBuilder();
                network.run(
                    loaded, samples, from, to, answer -> lines.append(table.csv(samples, answer)));
                return lines.toString().getBytes(StandardCharsets.UTF_8);
              },
              csv::write);
        }
        scoring.storage().rename(unfinished, place);
      } finally {
        scoring.storage().delete(unfinished);
      }
    }

    /** Tasks write the rows themselves, a file each. */
    void parquet(String place) throws IOException {
      Answering network = answering;
      Predictions table = predictions;
      Scoring saved = scoring;
      int all = scoring.samples().data().size();
      int tasks = Math.max(1, Math.min(request.workers(), all));
      int most = most();
      List<Integer> numbers = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        numbers.add(i);
      }
      JavaRDD<Row> rows =
          spark
              .parallelize(numbers, tasks)
              .flatMap(number -> new PredictedRows(saved, network, table, tasks, most, number));
      SparkSession.builder()
          .sparkContext(spark.sc())
          .getOrCreate()
          .createDataFrame(rows, predictions.schema(scoring.samples()))
          .write()
          .mode(SaveMode.ErrorIfExists)
          .parquet(HadoopStorage.qualified(place));
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
