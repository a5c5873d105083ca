package io.kiln.spark.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What driver and workers say to each other: a code, then fixed fields. */
final class Protocol {
  /** Code of a message, its first byte. */
  enum Code {
    /** Worker: here I am. */
    REGISTER,
    /** Either: I am alive. */
    HEARTBEAT,
    /** Worker: bytes for whoever runs the gang. */
    PROGRESS,
    /** Worker: it ends with an exception. */
    FAILED,
    /** Worker: it is through and leaves. */
    DONE,
    /** Driver: all workers. */
    TABLE,
    /** Driver: save and leave. */
    STOP,
    /** Driver: leave now. */
    ABORT,
    /** Driver: your last word is here, and all before it. */
    HEARD
  }

  private interface Writing {
    void write(DataOutputStream out) throws IOException;
  }

  private static final Code[] CODES = Code.values();
  private static final Failure.Grade[] GRADES = Failure.Grade.values();

  private Protocol() {}

  private static byte[] message(Code code, Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(java.util.Arrays.asList(CODES).indexOf(code));
    try {
      writing.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A message that is only a code. */
  static byte[] bare(Code code) {
    return message(code, out -> {});
  }

  /** The code of a message. */
  static Code code(byte[] message) throws IOException {
    if (message.length == 0 || message[0] < 0 || message[0] >= CODES.length) {
      throw new IOException("a message of unknown kind came");
    }
    return CODES[message[0]];
  }

  private static DataInputStream body(byte[] message) {
    return new DataInputStream(new ByteArrayInputStream(message, 1, message.length - 1));
  }

  static byte[] progress(byte[] body) {
    return message(Code.PROGRESS, out -> out.write(body));
  }

  static byte[] progressBody(byte[] message) {
    return java.util.Arrays.copyOfRange(message, 1, message.length);
  }

  static byte[] abort(String reason) {
    return message(Code.ABORT, out -> out.writeUTF(reason));
  }

  static String abortReason(byte[] message) throws IOException {
    return body(message).readUTF();
  }

  static byte[] register(WorkerInfo worker) {
    return message(Code.REGISTER, out -> write(out, worker));
  }

  static WorkerInfo registered(byte[] message) throws IOException {
    return worker(body(message));
  }

  private static void write(DataOutputStream out, WorkerInfo worker) throws IOException {
    out.writeInt(worker.rank());
    out.writeUTF(worker.host());
    out.writeInt(worker.port());
    out.writeUTF(worker.jvm());
    out.writeUTF(worker.executor());
    out.writeInt(worker.cpus());
  }

  private static WorkerInfo worker(DataInputStream in) throws IOException {
    return new WorkerInfo(
        in.readInt(), in.readUTF(), in.readInt(), in.readUTF(), in.readUTF(), in.readInt());
  }

  static byte[] table(List<WorkerInfo> workers) {
    return message(
        Code.TABLE,
        out -> {
          for (WorkerInfo worker : workers) {
            write(out, worker);
          }
        });
  }

  /** The table of so many workers. */
  static List<WorkerInfo> table(byte[] message, int size) throws IOException {
    DataInputStream in = body(message);
    List<WorkerInfo> workers = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      workers.add(worker(in));
    }
    return List.copyOf(workers);
  }

  static byte[] failed(Failure failure) {
    return message(
        Code.FAILED,
        out -> {
          out.writeInt(failure.rank());
          out.writeUTF(failure.host());
          out.writeByte(java.util.Arrays.asList(GRADES).indexOf(failure.grade()));
          out.writeUTF(failure.type());
          out.writeUTF(failure.message());
          out.writeUTF(failure.detail());
          out.writeLong(failure.number());
          out.writeBoolean(failure.retryable());
        });
  }

  static Failure failure(byte[] message) throws IOException {
    DataInputStream in = body(message);
    int rank = in.readInt();
    String host = in.readUTF();
    int grade = in.readByte();
    if (grade < 0 || grade >= GRADES.length) {
      throw new IOException("a failure of unknown grade came");
    }
    return new Failure(
        rank,
        host,
        GRADES[grade],
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readLong(),
        in.readBoolean());
  }
}
