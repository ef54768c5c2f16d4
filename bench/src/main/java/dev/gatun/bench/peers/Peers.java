package dev.gatun.bench.peers;

import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The libraries Gatun is measured against. */
public final class Peers {

  /** The name under which Gatun itself is measured. */
  public static final String GATUN = "Gatun";

  /** Every peer there can be, in the order of the report's columns. */
  public static final List<String> NAMES =
      List.of(OpenBlas.NAME, OneMkl.NAME, LibTorch.NAME, OnnxRuntime.NAME, Ejml.NAME);

  /**
   * The order of loading. oneMKL comes last: it makes its symbols, {@code sgemm_} among them,
   * global to the process, and a library loaded afterwards would be bound to them in place of its
   * own.
   */
  private static final List<String> LOADING_ORDER =
      List.of(OpenBlas.NAME, LibTorch.NAME, OnnxRuntime.NAME, Ejml.NAME, OneMkl.NAME);

  private static final Map<Class<? extends Peer>, String> NAMES_OF_TYPES =
      Map.of(
          Gatun.class, GATUN,
          OpenBlas.class, OpenBlas.NAME,
          OneMkl.class, OneMkl.NAME,
          LibTorch.class, LibTorch.NAME,
          OnnxRuntime.class, OnnxRuntime.NAME,
          Ejml.class, Ejml.NAME);

  private Peers() {}

  /**
   * The name of the peers of a class.
   *
   * @param type the class by which cases know them
   * @return {@link #GATUN} or one out of {@link #NAMES}
   */
  public static String nameOf(Class<? extends Peer> type) {
    var name = NAMES_OF_TYPES.get(type);
    if (name == null) {
      throw new IllegalArgumentException("no peer: " + type);
    }
    return name;
  }

  /**
   * Loads the named peers into this process. A peer that cannot be loaded is part of the answer,
   * with its reason; nothing is thrown for it.
   *
   * @param names names out of {@link #NAMES}
   * @return one entry for each name, in the order given
   */
  public static List<PeerLookup> load(List<String> names) {
    var providers = providers();
    var found = new HashMap<String, PeerLookup>();
    for (var name : LOADING_ORDER) {
      if (names.contains(name)) {
        found.put(name, load(name, providers.get(name)));
      }
    }
    return names.stream().map(found::get).toList();
  }

  private static PeerLookup load(String name, @Nullable PeerProvider provider) {
    if (provider == null) {
      return new PeerLookup.Missing(name, "not in this build (Maven profile 'peers')");
    }
    try {
      return new PeerLookup.Loaded(provider.load());
    } catch (PeerUnavailableException unavailable) {
      return new PeerLookup.Missing(name, String.valueOf(unavailable.getMessage()));
    }
  }

  private static Map<String, PeerProvider> providers() {
    var providers = new HashMap<String, PeerProvider>();
    providers.put(OpenBlas.NAME, new OpenBlas.Provider());
    providers.put(OneMkl.NAME, new OneMkl.Provider());
    providers.put(LibTorch.NAME, new LibTorch.Provider());
    for (var provider : ServiceLoader.load(PeerProvider.class)) {
      providers.put(provider.name(), provider);
    }
    return providers;
  }
}
