package io.kiln.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of storage on an HDFS of one node. */
@Tag("hdfs")
class HadoopStorageHdfsTest extends StorageRules {
  private static final AtomicInteger FOLDERS = new AtomicInteger();

  @SuppressWarnings("NullAway.Init") // before all tests
  private static MiniDFSCluster cluster;

  @BeforeAll
  static void startHdfs(@TempDir Path folder) throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
  }

  @AfterAll
  static void stopHdfs() {
    cluster.shutdown();
  }

  @BeforeEach
  void useHdfs() throws IOException {
    begin(
        new HadoopStorage(cluster.getConfiguration(0)),
        cluster.getURI() + "/test-" + FOLDERS.incrementAndGet());
  }

  @Test
  void aRunFolderLivesThere() throws IOException {
    RunReport.Environment environment = new RunReport.Environment("", "", "", 1, List.of());
    RunReport report;
    try (RunFolder run =
        RunFolder.create(storage, at("run"), "name", Map.of("name", "name"), environment)) {
      report =
          run.report()
              .change()
              .epoch(new RunReport.Epoch(1, 10, 0.5, 0.9, 0.6, 0.8, 0.1, 1, 1000))
              .report();
      run.write(report);
      report = report.change().succeeded().report();
      run.write(report);
    }

    assertThat(RunFolder.read(storage, at("run"))).isEqualTo(report);
  }
}
