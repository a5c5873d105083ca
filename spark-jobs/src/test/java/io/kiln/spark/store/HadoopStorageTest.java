package io.kiln.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of storage on the local disk, reached by plain paths and by URIs. */
class HadoopStorageTest extends StorageRules {
  @TempDir private Path folder;

  @BeforeEach
  void useTheDisk() {
    Configuration elsewhere = new Configuration(false);
    elsewhere.set("fs.defaultFS", "hdfs://nowhere.invalid:1");
    begin(new HadoopStorage(elsewhere), folder.toString());
  }

  @Test
  void aPlainPathIsLocalWhateverTheDefaultFileSystemIs() throws IOException {
    write(at("plain"), "text");

    assertThat(folder.resolve("plain")).hasContent("text");
  }

  @Test
  void aFileUriIsTheSameFile() throws IOException {
    write("file:" + folder + "/one", "1");
    write("file://" + folder + "/two", "2");

    assertThat(read(at("one")) + read(at("two"))).isEqualTo("12");
  }

  @Test
  void strangeNamesAreTakenAsTheyAre() throws IOException {
    for (String name : new String[] {"a b", "a%20b", "ü", "a:b", "a+b#c?d", "{x}"}) {
      write(at(name), name);
      assertThat(folder.resolve(name)).hasContent(name);
      assertThat(read(at(name))).isEqualTo(name);
    }
  }

  @Test
  void noSideFilesAppear() throws IOException {
    write(at("model"), "weights");
    storage.rename(at("model"), at("final"));

    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("final"));
    }
  }

  @Test
  void itCrossesToExecutors() throws IOException, ClassNotFoundException {
    write(at("file"), "text");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(storage);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      HadoopStorage copy = (HadoopStorage) in.readObject();
      assertThat(copy.list(at("file"))).hasSize(1);
    }
  }

  @Test
  void anUnknownFileSystemIsNamed() {
    assertThatThrownBy(() -> storage.open("nofs://host/file"))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("nofs");
  }
}
