package dev.gatun.bindings.loading;

/** The libraries that are bound. */
public enum CudaLibrary {
  /** The driver: devices, memory, streams, launches. */
  DRIVER("cuda", "the NVIDIA driver", "libcuda.so"),
  /** The compiler of CUDA C. */
  NVRTC("nvrtc", "NVRTC", "libnvrtc.so"),
  /** Products of matrices with epilogues. */
  CUBLAS_LT("cublasLt", "cublasLt", "libcublasLt.so"),
  /** Products of matrices. */
  CUBLAS("cublas", "cuBLAS", "libcublas.so"),
  /** Convolutions. */
  CUDNN("cudnn", "cuDNN", "libcudnn.so");

  /** The major version of cuDNN that is bound, whatever that of CUDA. */
  private static final int CUDNN_MAJOR = 9;

  private final String list;
  private final String title;
  private final String file;

  CudaLibrary(String list, String title, String file) {
    this.list = list;
    this.title = title;
    this.file = file;
  }

  static CudaLibrary ofList(String list) {
    for (var library : values()) {
      if (library.list.equals(list)) {
        return library;
      }
    }
    throw new IllegalArgumentException("no bindings are generated from a list named " + list);
  }

  /**
   * Returns the library's name for people.
   *
   * @return for example {@code cuBLAS}
   */
  public String title() {
    return title;
  }

  /**
   * Returns the name of the file that the loader looks for.
   *
   * @param cudaMajor the major version of CUDA
   * @return for example {@code libcublas.so.13}
   */
  public String soname(int cudaMajor) {
    int major =
        switch (this) {
          case DRIVER -> 1;
          case CUDNN -> CUDNN_MAJOR;
          case NVRTC, CUBLAS_LT, CUBLAS -> cudaMajor;
        };
    return file + "." + major;
  }
}
