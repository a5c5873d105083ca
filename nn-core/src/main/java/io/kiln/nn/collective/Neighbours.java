package io.kiln.nn.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Workers of one machine in processes of their own: they change from sockets to {@link
 * SharedMemory}. That two go by the same host is a reason to try; that they are on one machine is
 * proved by the random bytes that the one reads in the file that the other has made.
 *
 * <p>All workers of a mesh make three exchanges: what memory each has made for its neighbours of
 * higher rank, what each of these has read in it, and which answers were right. Where anything
 * fails, the two stay with their socket.
 */
final class Neighbours {
  private static final System.Logger LOG = System.getLogger(Neighbours.class.getName());

  private final Collective mesh;
  private final Link[] links;
  private final List<MeshEndpoint.Address> table;
  private final Path folder;
  private final boolean allowed;
  private final Map<Integer, SharedMemory> made = new HashMap<>();
  private final Map<Integer, SharedMemory> opened = new HashMap<>();

  private Neighbours(
      Collective mesh,
      Link[] links,
      List<MeshEndpoint.Address> table,
      Path folder,
      boolean allowed) {
    this.mesh = mesh;
    this.links = links;
    this.table = table;
    this.folder = folder;
    this.allowed = allowed;
  }

  /**
   * Changes the links between workers of this machine. Every worker calls this, before anything
   * else is exchanged.
   *
   * @param mesh over the links, of no more use afterwards
   * @param links one to every other worker, in rank order
   * @param folder where files for sharing lie
   * @param allowed whether this worker shares any
   * @throws PeerException if a peer is lost
   */
  static void share(
      Collective mesh,
      Link[] links,
      List<MeshEndpoint.Address> table,
      Path folder,
      boolean allowed) {
    for (MeshEndpoint.Address one : table) {
      for (MeshEndpoint.Address other : table) {
        if (near(one, other)) {
          new Neighbours(mesh, links, table, folder, allowed).share();
          return;
        }
      }
    }
  }

  /** Whether two go by the same host and have processes of their own. */
  private static boolean near(MeshEndpoint.Address one, MeshEndpoint.Address other) {
    return one.host().equals(other.host()) && !one.jvm().equals(other.jvm());
  }

  private void share() {
    try {
      byte[][] offers = mesh.exchange(offers());
      byte[][] answers = mesh.exchange(answers(offers));
      List<Integer> agreed = agreed(answers);
      ByteBuffer verdict = ByteBuffer.allocate(agreed.size() * Integer.BYTES);
      agreed.forEach(verdict::putInt);
      byte[][] verdicts = mesh.exchange(verdict.array());
      agreed.forEach(rank -> change(rank, made.get(rank), true));
      opened.forEach(
          (rank, memory) -> {
            for (ByteBuffer bytes = ByteBuffer.wrap(verdicts[rank]); bytes.hasRemaining(); ) {
              if (bytes.getInt() == mesh.rank()) {
                change(rank, memory, false);
              }
            }
          });
    } finally {
      made.values().forEach(Neighbours::unlink);
    }
  }

  private static void unlink(SharedMemory memory) {
    try {
      memory.unlink();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "shared memory: a file stays; " + e.getMessage());
    }
  }

  /** For each neighbour of higher rank: its rank and the name of a file. */
  private byte[] offers() {
    ByteBuffer bytes =
        ByteBuffer.allocate(links.length * (Integer.BYTES + SharedMemory.NAME_LENGTH));
    for (int rank = mesh.rank() + 1; allowed && rank < mesh.size(); rank++) {
      if (near(table.get(mesh.rank()), table.get(rank))) {
        byte[] name = SharedMemory.name();
        try {
          made.put(rank, SharedMemory.create(folder, name));
          bytes.putInt(rank).put(name);
        } catch (IOException e) {
          LOG.log(
              System.Logger.Level.INFO,
              "shared memory: none with rank " + rank + ", sockets instead; " + e.getMessage());
        }
      }
    }
    return written(bytes);
  }

  /** For each offer to this worker that it could open: the other's rank and what it read there. */
  private byte[] answers(byte[][] offers) {
    List<byte[]> tokens = new ArrayList<>();
    List<Integer> ranks = new ArrayList<>();
    for (int rank = 0; allowed && rank < mesh.rank(); rank++) {
      ByteBuffer bytes = ByteBuffer.wrap(offers[rank]);
      while (bytes.hasRemaining()) {
        int wanted = bytes.getInt();
        byte[] name = new byte[SharedMemory.NAME_LENGTH];
        bytes.get(name);
        SharedMemory memory = wanted == mesh.rank() ? open(name) : null;
        if (memory != null) {
          opened.put(rank, memory);
          ranks.add(rank);
          tokens.add(memory.token());
        }
      }
    }
    ByteBuffer answer =
        ByteBuffer.allocate(ranks.size() * (Integer.BYTES + SharedMemory.TOKEN_LENGTH));
    for (int i = 0; i < ranks.size(); i++) {
      answer.putInt(ranks.get(i)).put(tokens.get(i));
    }
    return answer.array();
  }

  private @Nullable SharedMemory open(byte[] name) {
    try {
      return SharedMemory.open(folder, name);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "shared memory: sockets instead; " + e.getMessage());
      return null; // another machine, or a process that does not see this one's files
    }
  }

  /** Those who have read the right bytes in this worker's files. */
  private List<Integer> agreed(byte[][] answers) {
    List<Integer> agreed = new ArrayList<>();
    for (Map.Entry<Integer, SharedMemory> offer : made.entrySet()) {
      ByteBuffer bytes = ByteBuffer.wrap(answers[offer.getKey()]);
      while (bytes.hasRemaining()) {
        int wanted = bytes.getInt();
        byte[] token = new byte[SharedMemory.TOKEN_LENGTH];
        bytes.get(token);
        if (wanted == mesh.rank() && MessageDigest.isEqual(token, offer.getValue().token())) {
          agreed.add(offer.getKey());
        }
      }
    }
    return agreed;
  }

  private void change(int rank, SharedMemory memory, boolean first) {
    Link link = links[rank < mesh.rank() ? rank : rank - 1];
    if (link.lane() instanceof FramedLane framed) {
      link.change(new SharedLane(memory, first, framed.pipe()));
    }
  }

  private static byte[] written(ByteBuffer bytes) {
    byte[] all = new byte[bytes.position()];
    bytes.get(0, all);
    return all;
  }
}
