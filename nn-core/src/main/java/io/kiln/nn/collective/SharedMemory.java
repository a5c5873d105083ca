package io.kiln.nn.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;

/**
 * Memory that two processes of one machine both have mapped: a file that is gone from its folder as
 * soon as the second has it. Two rings of slots, one for each direction, and for each side a place
 * where it says that it sleeps.
 *
 * <pre>
 * 0     32 random bytes, by which the second process shows that it has the same file
 * 128   slots written, slots read, by the first process and of what it wrote; a line of 128 each
 * 384   the same of the second
 * 640   whether the first sleeps; the second: a line each
 * 4096  the first's slots, then the second's: u32 length, from byte 64 the payload
 * </pre>
 *
 * <p>Only the user who runs both may open the file, and its whole length is written before it is
 * mapped, so a full file system is an error here and not a fault later.
 */
final class SharedMemory {
  /** Slots of each direction. */
  static final int SLOTS = 16;

  /** From the beginning of a slot to that of its payload. */
  static final int PAYLOAD = 64;

  static final int TOKEN_LENGTH = 32;
  static final int NAME_LENGTH = 16;
  private static final int LINE = 128;
  private static final int FIRST_SLOT = 4096;
  private static final int SLOT = PAYLOAD + Frames.MOST_PAYLOAD;
  private static final int LENGTH = FIRST_SLOT + 2 * SLOTS * SLOT;
  private static final String PREFIX = "kiln-shared-";

  /** A file that is so old was left by somebody who died before the other had mapped it. */
  private static final Duration LEFT_BEHIND = Duration.ofHours(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;
  private final MappedByteBuffer bytes;

  private SharedMemory(Path file, MappedByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes;
    bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Where files lie: in memory where the system has a folder for that, else among the temporary.
   */
  static Path folder() {
    Path memory = Path.of("/dev/shm");
    return Files.isDirectory(memory) && Files.isWritable(memory)
        ? memory
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** A name for a new file. */
  static byte[] name() {
    byte[] name = new byte[NAME_LENGTH];
    RANDOM.nextBytes(name);
    return name;
  }

  private static Path file(Path folder, byte[] name) {
    return folder.resolve(PREFIX + HexFormat.of().formatHex(name));
  }

  /**
   * Makes the memory.
   *
   * @throws IOException if there is no room for it, or it may not be made
   */
  static SharedMemory create(Path folder, byte[] name) throws IOException {
    sweep(folder);
    Path file = file(folder, name);
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] mine =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Set<StandardOpenOption> fresh =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean whole = false;
    try (FileChannel channel = FileChannel.open(file, fresh, mine)) {
      byte[] token = new byte[TOKEN_LENGTH];
      RANDOM.nextBytes(token);
      ByteBuffer start = ByteBuffer.allocate(LENGTH).put(token).clear();
      while (start.hasRemaining()) {
        channel.write(start);
      }
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
      whole = true;
      return new SharedMemory(file, mapped);
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Opens the memory that another process has made.
   *
   * @throws IOException if it is not there, not ours, or not whole
   */
  static SharedMemory open(Path folder, byte[] name) throws IOException {
    Path file = file(folder, name);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      if (channel.size() != LENGTH) {
        throw new IOException(
            file + " has " + channel.size() + " bytes but " + LENGTH + " are needed");
      }
      return new SharedMemory(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH));
    }
  }

  /** Removes what others left behind; what cannot be removed is not ours. */
  private static void sweep(Path folder) {
    FileTime oldest = FileTime.from(Instant.now().minus(LEFT_BEHIND));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).compareTo(oldest) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return; // somebody else's, or just removed by another worker
    }
  }

  /** The random bytes at its beginning. */
  byte[] token() {
    byte[] token = new byte[TOKEN_LENGTH];
    bytes.get(0, token);
    return token;
  }

  /** Takes the file out of its folder; the memory stays for those who have it. */
  void unlink() throws IOException {
    Files.deleteIfExists(file);
  }

  /** All of it, as numbers. */
  WireBuffer wire() {
    return new WireBuffer(bytes);
  }

  /** Position of the count of slots that a side has written. */
  static int written(boolean first) {
    return first ? LINE : 3 * LINE;
  }

  /** Position of the count of a side's slots that the other has read. */
  static int read(boolean first) {
    return written(first) + LINE;
  }

  /** Position of the mark that a side sleeps. */
  static int asleep(boolean first) {
    return first ? 5 * LINE : 6 * LINE;
  }

  /** Position of a side's slot of that number, counted without end. */
  static int slot(boolean first, long number) {
    return FIRST_SLOT + ((first ? 0 : SLOTS) + (int) (number % SLOTS)) * SLOT;
  }
}
