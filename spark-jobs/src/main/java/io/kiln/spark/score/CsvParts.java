package io.kiln.spark.score;

import io.kiln.nn.io.Storage;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

/**
 * Parts of a CSV file, one for each piece of the table, written by tasks and strung together by
 * their ranks. A part has its name only when it is whole.
 *
 * @param storage where they go
 * @param folder of the parts
 * @param predictions what lines look like
 */
record CsvParts(HadoopStorage storage, String folder, Predictions predictions) {
  private static final int FLUSH = 1 << 16;

  private static String part(String folder, int rank) {
    return folder + "/part-" + rank;
  }

  /**
   * Writes the parts of a partition.
   *
   * @return rows that were written, rows that were dropped, ranks of the parts
   */
  long[] write(TableAnswers answers) throws IOException {
    String attempt = folder + "/attempt-" + UUID.randomUUID();
    StringBuilder lines = new StringBuilder();
    LongStream.Builder ranks = LongStream.builder();
    long rows = 0;
    int rank = -1;
    OutputStream out = OutputStream.nullOutputStream();
    try {
      while (answers.next()) {
        for (int i = 0; i < answers.count(); i++) {
          Answer answer = answers.answer(i);
          if (answers.rank() != rank) {
            flush(lines, out);
            finish(out, attempt, rank);
            rank = answers.rank();
            ranks.add(rank);
            out = storage.create(attempt);
          }
          predictions.csv(answer, lines);
          rows++;
          if (lines.length() >= FLUSH) {
            flush(lines, out);
          }
        }
      }
      flush(lines, out);
      finish(out, attempt, rank);
    } finally {
      out.close();
      storage.delete(attempt);
    }
    return LongStream.concat(LongStream.of(rows, answers.dropped()), ranks.build()).toArray();
  }

  private static void flush(StringBuilder lines, OutputStream out) throws IOException {
    out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    lines.setLength(0);
  }

  private void finish(OutputStream out, String attempt, int rank) throws IOException {
    out.close();
    if (rank < 0) {
      return;
    }
    try {
      storage.rename(attempt, part(folder, rank));
    } catch (FileAlreadyExistsException e) {
      storage.delete(attempt); // a task before this one wrote the same
    }
  }

  /**
   * Writes parts one after another.
   *
   * @param written what {@link #write} gave for all partitions
   */
  static void string(Storage storage, String folder, List<long[]> written, OutputStream out)
      throws IOException {
    int[] ranks =
        written.stream()
            .flatMapToLong(each -> Arrays.stream(each).skip(2))
            .mapToInt(Math::toIntExact)
            .sorted()
            .toArray();
    for (int rank : ranks) {
      try (InputStream in = storage.open(part(folder, rank))) {
        in.transferTo(out);
      }
    }
  }
}
