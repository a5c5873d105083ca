package io.kiln.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes never write to one folder, and one that was killed locks nobody out. */
class OwnerTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  @TempDir Path folder;

  private Path file() {
    return folder.resolve(Owner.FILE);
  }

  private void held(String host, long process) throws IOException {
    String now = Instant.now().toString();
    Folders.replace(
        STORAGE,
        file().toString(),
        Json.bytes(new Owner.Holder("another", host, process, now, now)));
  }

  private Owner take() throws IOException {
    return Owner.of(STORAGE, folder.toString(), Duration.ofMillis(50));
  }

  private void refused(String host) {
    assertThatThrownBy(this::take)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("--out: " + folder + " is in use by process ")
        .hasMessageContaining(" on " + host + " since ");
  }

  @Test
  void aFolderHasOneOwnerUntilItIsGivenBack() throws IOException {
    String here = InetAddress.getLocalHost().getHostName();
    try (Owner one = take()) {
      assertThat(one).isNotNull();
      assertThat(file()).exists();
      refused(here);
    }
    assertThat(file()).doesNotExist();
    take().close();
  }

  @Test
  void aProcessThatLivesKeepsItAndOneThatEndedDoesNot() throws Exception {
    String here = InetAddress.getLocalHost().getHostName();
    Process other = new ProcessBuilder("sleep", "600").start();
    held(here, other.pid());
    refused(here);
    other.destroyForcibly().waitFor();
    take().close();
  }

  @Test
  void aProcessOfThatNumberThatBeganLaterIsAnother() throws Exception {
    Instant before = Instant.now().minusSeconds(3600);
    Process other = new ProcessBuilder("sleep", "600").start();
    String here = InetAddress.getLocalHost().getHostName();
    Files.write(
        file(),
        Json.bytes(
            new Owner.Holder("another", here, other.pid(), before.toString(), before.toString())));
    take().close();
    other.destroyForcibly();
  }

  @Test
  void elsewhereItIsOverWhenNobodyRenewsIt() throws Exception {
    held("another-host", 1);
    take().close();
    held("another-host", 1);
    Thread alive =
        new Thread(
            () -> {
              try {
                for (int i = 2; !Thread.interrupted(); i++) {
                  held("another-host", i);
                  Thread.sleep(5);
                }
              } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    alive.start();
    assertThatThrownBy(() -> Owner.of(STORAGE, folder.toString(), Duration.ofSeconds(60)).close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(" is in use by process ")
        .hasMessageContaining(" on another-host since ");
    alive.interrupt();
    alive.join();
  }

  @Test
  void aDamagedFileLocksNobodyOut() throws IOException {
    Files.writeString(file(), "{");
    take().close();
  }
}
