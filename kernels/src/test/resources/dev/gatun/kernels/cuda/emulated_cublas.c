/* cuBLAS without a device, for tests: there because cublasLt is only taken together with it. */
int cublasGetProperty(int type, int *value) { *value = type == 0 ? 13 : 0; return 0; }
