package io.kiln.spark.cluster;

import io.kiln.nn.collective.PeerException;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.train.DivergedException;
import io.kiln.nn.train.NoCheckpointException;
import java.io.NotSerializableException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;

/**
 * Why a worker ended, in a form that can be sent.
 *
 * @param rank who, or -1 if no worker is to blame
 * @param host where
 * @param grade what kind of news it is
 * @param type the exception's class
 * @param message its message
 * @param detail what rebuilds it: a file's path
 * @param number what rebuilds it: a byte offset or a step
 * @param retryable whether the same again may succeed
 */
record Failure(
    int rank,
    String host,
    Grade grade,
    String type,
    String message,
    String detail,
    long number,
    boolean retryable) {

  /** How near to the root of the trouble, nearest first. */
  enum Grade {
    /** The task itself threw it. */
    THROWN,
    /** The worker is not there any more, or does not answer. */
    LOST,
    /** The worker missed another one. */
    PEER,
    /** The worker was told to leave. */
    TOLD
  }

  private static final int LONGEST = 4000;

  /** What a task threw. */
  static Failure thrown(int rank, String host, Throwable thrown, boolean told) {
    Throwable cause = thrown;
    while (cause.getCause() != null
        && (cause instanceof java.util.concurrent.ExecutionException
            || cause instanceof java.util.concurrent.CompletionException
            || cause instanceof java.io.UncheckedIOException)) {
      cause = cause.getCause();
    }
    boolean hopeless =
        cause instanceof IllegalArgumentException
            || cause instanceof FormatException
            || cause instanceof NoSuchFileException
            || cause instanceof AccessDeniedException
            || cause instanceof DivergedException
            || cause instanceof NoCheckpointException
            || cause instanceof NotSerializableException
            || cause instanceof LinkageError
            || (!told && isMistake(cause));
    Grade grade = Grade.THROWN;
    // A worker that failed by itself may have been told already: its peers missed it first.
    if ((told && !hopeless)
        || cause instanceof CancellationException
        || cause instanceof InterruptedException) {
      grade = Grade.TOLD;
    } else if (cause instanceof PeerException) {
      grade = Grade.PEER;
    }
    String detail = "";
    long number = 0;
    if (cause instanceof FormatException format) {
      detail = format.path();
      number = format.offset();
    } else if (cause instanceof NoSuchFileException file) {
      detail = String.valueOf(file.getFile());
    } else if (cause instanceof AccessDeniedException file) {
      detail = String.valueOf(file.getFile());
    } else if (cause instanceof DivergedException diverged) {
      number = diverged.step();
    }
    String message = String.valueOf(cause.getMessage());
    if (message.length() > LONGEST) {
      message = message.substring(0, LONGEST) + "…";
    }
    return new Failure(
        rank, host, grade, cause.getClass().getName(), message, detail, number, !hopeless);
  }

  /**
   * Whether it is of the code, which does the same again. Null pointers and illegal states are not
   * among these: Spark throws them where an executor is being ended.
   */
  private static boolean isMistake(Throwable cause) {
    return cause instanceof IndexOutOfBoundsException
        || cause instanceof ArithmeticException
        || cause instanceof ClassCastException
        || cause instanceof NegativeArraySizeException
        || cause instanceof UnsupportedOperationException;
  }

  /** A worker that vanished. */
  static Failure lost(int rank, String host, String message) {
    return new Failure(rank, host, Grade.LOST, PeerException.class.getName(), message, "", 0, true);
  }

  /** Something no worker reported. */
  static Failure unknown(String message) {
    return new Failure(-1, "the cluster", Grade.PEER, "", message, "", 0, true);
  }

  /** The exception again, as far as its class is known here; for the exit code and the cause. */
  Throwable rebuilt() {
    if (type.equals(ConfigException.class.getName())) {
      return new ConfigException(message);
    }
    if (type.equals(IllegalArgumentException.class.getName())) {
      return new IllegalArgumentException(message);
    }
    if (type.equals(FormatException.class.getName())) {
      String prefix = String.valueOf(new FormatException(detail, number, "").getMessage());
      return new FormatException(
          detail,
          number,
          message.startsWith(prefix) ? message.substring(prefix.length()) : message);
    }
    if (type.equals(NoSuchFileException.class.getName())) {
      return new NoSuchFileException(detail);
    }
    if (type.equals(AccessDeniedException.class.getName())) {
      String prefix = detail + ": ";
      boolean reason = message.startsWith(prefix);
      return new AccessDeniedException(
          detail, null, reason ? message.substring(prefix.length()) : null);
    }
    if (type.equals(DivergedException.class.getName())) {
      return new DivergedException(number, message);
    }
    if (type.equals(NoCheckpointException.class.getName())) {
      return new NoCheckpointException(message);
    }
    if (type.equals(OutOfMemoryError.class.getName())) {
      return new OutOfMemoryError(message);
    }
    return new RuntimeException(type.isEmpty() ? message : type + ": " + message);
  }

  /** Whether this one tells more of the root cause than that one, which came earlier. */
  boolean explains(Failure earlier) {
    return grade.compareTo(earlier.grade) < 0;
  }
}
