package io.kiln.nn.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTest {
  @TempDir private Path folder;

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      all.forEach(files::add);
    }
    return files;
  }

  @Test
  void bothSeeTheSameBytesAndNoFileStays() throws IOException {
    byte[] name = SharedMemory.name();
    SharedMemory made = SharedMemory.create(folder, name);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))))
        .isEqualTo("rw-------");
    SharedMemory opened = SharedMemory.open(folder, name);
    made.unlink();
    assertThat(files()).isEmpty();
    assertThat(opened.token()).isEqualTo(made.token()).isNotEqualTo(new byte[32]);
    made.wire().bytes.putLong(SharedMemory.slot(false, 15), 42);
    assertThat(opened.wire().bytes.getLong(SharedMemory.slot(false, 31))).isEqualTo(42);
  }

  @Test
  void whatIsNotThereOrNotWholeIsRefused() throws IOException {
    byte[] name = SharedMemory.name();
    assertThatThrownBy(() -> SharedMemory.open(folder, name))
        .isInstanceOf(NoSuchFileException.class);
    SharedMemory.create(folder, name);
    Path file = files().get(0);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(5000);
    }
    assertThatThrownBy(() -> SharedMemory.open(folder, name))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 5000 bytes but");
    assertThatThrownBy(() -> SharedMemory.create(folder, name))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    byte[] name = SharedMemory.name();
    SharedMemory.create(folder, name);
    Path file = files().get(0);
    Path elsewhere = Files.move(file, folder.resolve("elsewhere"));
    Files.createSymbolicLink(file, elsewhere);
    assertThatThrownBy(() -> SharedMemory.open(folder, name)).isInstanceOf(IOException.class);
  }

  @Test
  void whatTheDeadLeftIsSwept() throws IOException {
    SharedMemory.create(folder, SharedMemory.name());
    Path old = files().get(0);
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    SharedMemory.create(folder, SharedMemory.name());
    assertThat(files()).hasSize(1).doesNotContain(old);
  }

  @Test
  void slotsDoNotOverlap() {
    int payload = SharedMemory.PAYLOAD + Frames.MOST_PAYLOAD;
    assertThat(SharedMemory.slot(true, 1) - SharedMemory.slot(true, 0)).isEqualTo(payload);
    assertThat(SharedMemory.slot(false, 0) - SharedMemory.slot(true, 15)).isEqualTo(payload);
    assertThat(SharedMemory.slot(true, 1L << 40)).isEqualTo(SharedMemory.slot(true, 0));
  }
}
