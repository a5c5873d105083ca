package io.kiln.spark.score;

import io.kiln.spark.store.HadoopStorage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.FileAlreadyExistsException;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.parquet.ParquetCompressionCodec;
import org.apache.spark.sql.execution.datasources.parquet.ParquetReadSupport;
import org.apache.spark.sql.execution.datasources.parquet.SparkToParquetSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * A folder of Parquet files, a part by each task, as Spark's own writer leaves it. It has its name
 * only when it is whole, and so has each part; of two attempts at a part the first counts. Order of
 * calls: on the driver make it, on tasks {@link #write}, on the driver {@link #finish} or {@link
 * #close}.
 */
public final class ParquetParts implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private final HadoopStorage storage;
  private final String place;
  private final String folder;
  private final Predictions predictions;
  private final DataType id;
  private final String columns;
  private final String schema;
  private final String spark;
  private final CompressionCodecName codec;
  private final Marker marker;

  /**
   * Parts of a folder.
   *
   * @param session whose {@code spark.sql.parquet.compression.codec} is used
   * @param id the type of ids
   * @param place of a new folder
   */
  public ParquetParts(
      SparkSession session,
      HadoopStorage storage,
      Predictions predictions,
      DataType id,
      String place)
      throws IOException {
    StructType rows = predictions.schema(id);
    var settings = ((org.apache.spark.sql.classic.SparkSession) session).sessionState().conf();
    this.storage = storage;
    this.place = place;
    this.folder = place + "." + UUID.randomUUID() + ".tmp";
    this.predictions = predictions;
    this.id = id;
    this.columns = new SparkToParquetSchemaConverter(new SQLConf()).convert(rows).toString();
    this.schema = rows.json();
    this.spark = session.version();
    this.codec =
        ParquetCompressionCodec.fromString(settings.parquetCompressionCodec())
            .getCompressionCodec();
    this.marker = Marker.of(storage, folder + ".here");
  }

  /**
   * Writes a part, in a task; one without rows only as part 0, so that the folder says what its
   * columns are.
   *
   * @return rows that were written
   */
  public long write(int part, Answered answers) throws IOException {
    marker.check();
    boolean more = answers.next();
    if (!more && part > 0) {
      return 0;
    }
    String attempt = attempts() + "/" + UUID.randomUUID();
    long rows = 0;
    try {
      try (ParquetWriter<Answered> writer = new Building(attempt).build()) {
        while (more) {
          writer.write(answers);
          rows++;
          more = answers.next();
        }
      }
      storage.rename(
          attempt,
          String.format(Locale.ROOT, "%s/part-%05d%s.parquet", folder, part, codec.getExtension()));
    } catch (FileAlreadyExistsException e) {
      return rows; // an attempt before this one wrote the same
    } finally {
      storage.delete(attempt);
    }
    return rows;
  }

  /** Gives the folder its name. */
  public void finish() throws IOException {
    storage.delete(attempts());
    storage.create(folder + "/_SUCCESS").close();
    storage.rename(folder, place);
  }

  @Override
  public void close() throws IOException {
    marker.close();
    storage.delete(folder);
  }

  private String attempts() {
    return folder + "/_attempts";
  }

  /** A writer of one file: places and probabilities are nearly all different, so no dictionary. */
  private final class Building extends ParquetWriter.Builder<Answered, Building> {
    private Building(String file) {
      super(new File(storage, file));
      withConf(storage.configuration());
      withCompressionCodec(codec);
      withDictionaryEncoding(Predictions.ID, false);
      withDictionaryEncoding(Predictions.PROBABILITIES + ".list.element", false);
      withDictionaryEncoding(Predictions.TOP_PROBABILITIES + ".list.element", false);
    }

    @Override
    protected Building self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // it is abstract all the same
    protected WriteSupport<Answered> getWriteSupport(Configuration configuration) {
      return new AnswerWriting(
          predictions,
          MessageTypeParser.parseMessageType(columns),
          Map.of(
              ParquetReadSupport.SPARK_METADATA_KEY(), schema, "org.apache.spark.version", spark),
          id);
    }
  }

  /** A file on storage as Parquet's library writes it: from the beginning to the end. */
  private record File(HadoopStorage storage, String path) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
      return new Counted(storage.create(path));
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }

    @Override
    public String getPath() {
      return path;
    }
  }

  private static final class Counted extends PositionOutputStream {
    private final OutputStream out;
    private long count;

    private Counted(OutputStream out) {
      this.out = new BufferedOutputStream(out, 1 << 16);
    }

    @Override
    public long getPos() {
      return count;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int n) throws IOException {
      out.write(bytes, from, n);
      count += n;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
