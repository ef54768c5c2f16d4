package dev.gatun.bindings.loading;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where libraries are looked for, in order. */
final class Places {
  /** The property, and the variable of the environment, that name folders of the user's. */
  static final String PROPERTY = "gatun.cuda.path";

  static final String VARIABLE = "GATUN_CUDA_PATH";

  private static final String LOADER = "the system's loader";
  private static final String TOOLKITS = "toolkits";
  private static final String PYTHON = "Python packages";

  private final Host host;
  private final List<Place> places = new ArrayList<>();

  private Places(Host host) {
    this.host = host;
  }

  /** Where the driver is looked for. */
  static List<Place> ofDriver(Host host) {
    var places = new Places(host);
    places.addNamed(false);
    places.addLoader();
    for (String folder :
        List.of("usr/local/nvidia/lib64", "usr/lib/wsl/lib", "run/opengl-driver/lib")) {
      places.addFolder(host.path(folder), "drivers of containers, WSL and NixOS", false);
    }
    return places.places;
  }

  /** Where the libraries that come with a toolkit, or with Python packages, are looked for. */
  static List<Place> ofToolkit(Host host) {
    var places = new Places(host);
    places.addNamed(true);
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      places.addRoots(host.variable(variable), variable, false);
    }
    places.addLoader();
    places.addToolkits();
    places.addPackages();
    return places.places;
  }

  private void addNamed(boolean below) {
    addNamed(host.property(PROPERTY), "-D" + PROPERTY, below);
    addNamed(host.variable(VARIABLE), VARIABLE, below);
  }

  private void addNamed(Optional<String> folders, String why, boolean below) {
    if (below || folders.isEmpty()) {
      addRoots(folders, why, true);
    } else {
      for (String folder : folders.get().split(File.pathSeparator, -1)) {
        addFolder(Path.of(folder), why, true);
      }
    }
  }

  /** Adds what lies in folders that are named as one string, be they toolkits or Python's. */
  private void addRoots(Optional<String> folders, String why, boolean named) {
    if (folders.isEmpty()) {
      places.add(new Place.Nowhere(why, why, "not set"));
      return;
    }
    for (String name : folders.get().split(File.pathSeparator, -1)) {
      var folder = Path.of(name);
      if (Files.isDirectory(folder)) {
        addToolkit(folder, why, named);
        addPackages(folder.resolve("nvidia"), why, named);
        if (folder.endsWith("nvidia")) {
          addPackages(folder, why, named);
        }
      } else {
        places.add(new Place.Nowhere(name, why, "no such folder"));
      }
    }
  }

  private void addToolkit(Path folder, String why, boolean named) {
    String processor = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    String target = processor.equals("aarch64") ? "sbsa" : processor;
    addFolder(folder, why, named);
    for (String below :
        List.of(
            "lib64",
            "lib",
            "targets/" + target + "-linux/lib",
            "lib/" + processor + "-linux-gnu")) {
      addFolder(folder.resolve(below), why, named);
    }
  }

  /** Adds the {@code lib} folder of each package in the folder {@code nvidia} of site-packages. */
  private void addPackages(Path nvidia, String why, boolean named) {
    for (Path part : list(nvidia, "*")) {
      addFolder(part.resolve("lib"), why, named);
    }
  }

  private void addFolder(Path folder, String why, boolean named) {
    if (Files.isDirectory(folder)) {
      places.add(new Place.Folder(folder, why, named));
    }
  }

  private void addLoader() {
    if (host.loader()) {
      places.add(new Place.Loader(LOADER));
    }
  }

  private void addToolkits() {
    var toolkits = list(host.path("usr/local"), "cuda*");
    toolkits.forEach(toolkit -> addToolkit(toolkit, TOOLKITS, false));
    if (toolkits.isEmpty()) {
      places.add(new Place.Nowhere(host.path("usr/local") + "/cuda*", TOOLKITS, "no such folder"));
    }
  }

  private void addPackages() {
    int before = places.size();
    var roots = new ArrayList<Path>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      host.variable(variable).ifPresent(folder -> roots.add(Path.of(folder)));
    }
    host.property("user.home").map(Path::of).ifPresent(home -> addPythonsOfUser(home, roots));
    for (String folder : List.of("usr/local", "usr", "opt/conda", "opt/venv")) {
      roots.add(host.path(folder));
    }
    for (Path root : roots) {
      for (Path python : list(root.resolve("lib"), "python3*")) {
        addPackages(python.resolve("site-packages/nvidia"), PYTHON, false);
        addPackages(python.resolve("dist-packages/nvidia"), PYTHON, false);
      }
    }
    if (places.size() == before) {
      places.add(new Place.Nowhere("site-packages/nvidia/*/lib", PYTHON, "no such folder"));
    }
  }

  private static void addPythonsOfUser(Path home, List<Path> roots) {
    roots.add(home.resolve(".local"));
    roots.addAll(list(home.resolve(".pyenv/versions"), "*"));
    for (String conda : List.of("miniconda3", "miniforge3", "anaconda3")) {
      roots.add(home.resolve(conda));
    }
  }

  /** The folders of a folder that a glob describes, newest version first; none where it is none. */
  private static List<Path> list(Path folder, String glob) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var found = new ArrayList<Path>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException unread) {
      return List.of();
    }
    found.removeIf(entry -> !Files.isDirectory(entry));
    found.sort(Comparator.comparing(Path::toString).reversed());
    return found;
  }
}
