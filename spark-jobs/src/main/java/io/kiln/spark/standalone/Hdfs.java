package io.kiln.spark.standalone;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * A NameNode and one DataNode below one folder: configuration, commands, and the question whether
 * they are ready. Every port but the NameNode's is whatever is free.
 */
record Hdfs(Path folder, String uri) {
  private static final String LOCAL = "127.0.0.1:0";

  Path configuration() {
    return folder.resolve("conf");
  }

  void writeConfiguration() throws IOException {
    Files.createDirectories(configuration());
    Configuration site = new Configuration(false);
    Map.ofEntries(
            Map.entry("fs.defaultFS", uri),
            Map.entry("hadoop.tmp.dir", folder.resolve("tmp").toString()),
            Map.entry("dfs.namenode.name.dir", folder.resolve("name").toUri().toString()),
            Map.entry("dfs.datanode.data.dir", folder.resolve("data").toUri().toString()),
            Map.entry("dfs.namenode.http-address", LOCAL),
            Map.entry("dfs.datanode.address", LOCAL),
            Map.entry("dfs.datanode.http.address", LOCAL),
            Map.entry("dfs.datanode.ipc.address", LOCAL),
            Map.entry("dfs.namenode.datanode.registration.ip-hostname-check", "false"),
            Map.entry("dfs.namenode.safemode.extension", "0"),
            Map.entry("dfs.permissions.enabled", "false"),
            Map.entry("dfs.replication", "1"))
        .forEach(site::set);
    for (String file : List.of("core-site.xml", "hdfs-site.xml")) {
      try (Writer writer =
          Files.newBufferedWriter(configuration().resolve(file), StandardCharsets.UTF_8)) {
        site.writeXml(writer);
      }
    }
  }

  boolean isFormatted() {
    return Files.exists(folder.resolve("name").resolve("current").resolve("VERSION"));
  }

  Daemon format() {
    return new Daemon(
        "namenode-format",
        "org.apache.hadoop.hdfs.server.namenode.NameNode",
        List.of("-format", "-nonInteractive", "-force"));
  }

  Daemon nameNode() {
    return new Daemon("namenode", "org.apache.hadoop.hdfs.server.namenode.NameNode", List.of());
  }

  Daemon dataNode() {
    return new Daemon("datanode", "org.apache.hadoop.hdfs.server.datanode.DataNode", List.of());
  }

  /** Whether the NameNode answers, is out of safe mode and has its DataNode. */
  boolean isReady() {
    Configuration client = new Configuration();
    client.set("ipc.client.connect.max.retries", "0");
    client.set("ipc.client.connect.timeout", "2000");
    try (FileSystem files = FileSystem.newInstance(java.net.URI.create(uri), client)) {
      return files instanceof DistributedFileSystem hdfs
          && !hdfs.isInSafeMode()
          && hdfs.getDataNodeStats().length > 0;
    } catch (IOException e) {
      return false;
    }
  }
}
