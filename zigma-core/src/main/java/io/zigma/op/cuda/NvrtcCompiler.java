package io.zigma.op.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compiles with NVRTC, one kernel at a time: to a cubin for the device's own architecture, because
 * PTX would need a driver as new as NVRTC; only for a device that is newer than NVRTC to PTX of the
 * newest architecture that it knows.
 */
final class NvrtcCompiler implements KernelCompiler {

    private static final Object LOCK = new Object(); // one for the process, as NVRTC is

    private final String version;
    private final int[] architectures; // that it makes code for, ascending

    /** Asks the library that {@link Nvrtc} is bound to. */
    NvrtcCompiler() {
        synchronized (LOCK) {
            int[] major = new int[1];
            int[] minor = new int[1];
            Nvrtc.check(Nvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
            version = "NVRTC %s.%s".formatted(major[0], minor[0]);
            int[] count = new int[1];
            Nvrtc.check(Nvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
            architectures = new int[count[0]];
            Nvrtc.check(Nvrtc.nvrtcGetSupportedArchs(architectures), "nvrtcGetSupportedArchs");
            Arrays.sort(architectures);
        }
    }

    @Override
    public String identity() {
        return version;
    }

    /** Returns the compute capabilities that it makes code for, 10 · major + minor, ascending. */
    int[] architectures() {
        return architectures.clone();
    }

    @Override
    public List<String> target(int capability) {
        return List.of(
                "--gpu-architecture=" + architecture(capability, architectures),
                "-default-device",
                "--std=c++17");
    }

    /**
     * Chooses what code is made for.
     *
     * @param capability of the device
     * @param known what the compiler makes code for, ascending
     * @return {@code sm_NN} of the device itself, or {@code compute_NN}, the newest that runs there
     * @throws CudaException if the device is older than all that are known
     */
    static String architecture(int capability, int[] known) {
        if (Arrays.binarySearch(known, capability) >= 0) {
            return "sm_" + capability;
        }
        int newest =
                IntStream.of(known)
                        .filter(each -> each < capability)
                        .max()
                        .orElseThrow(
                                () ->
                                        new CudaException(
                                                "a GPU of compute capability %s.%s is older than all that this NVRTC makes code for"
                                                        .formatted(
                                                                capability / 10, capability % 10)));
        return "compute_" + newest;
    }

    @Override
    public byte[] compile(String name, String source, List<String> options) {
        synchronized (LOCK) {
            long[] program = new long[1];
            Nvrtc.check(
                    Nvrtc.nvrtcCreateProgram(
                            program, text(source), text(name), 0, Pointer.NULL, Pointer.NULL),
                    "nvrtcCreateProgram");
            try {
                run(program[0], name, options);
                return code(program[0], options);
            } finally {
                Nvrtc.check(Nvrtc.nvrtcDestroyProgram(program), "nvrtcDestroyProgram");
            }
        }
    }

    private static void run(long program, String name, List<String> options) {
        List<Memory> texts = new ArrayList<>(); // held until the call has returned
        try (Memory list = new Memory((long) Native.POINTER_SIZE * options.size())) {
            for (int i = 0; i < options.size(); i++) {
                byte[] option = text(options.get(i));
                Memory memory = new Memory(option.length);
                memory.write(0, option, 0, option.length);
                texts.add(memory);
                list.setPointer((long) Native.POINTER_SIZE * i, memory);
            }
            int result = Nvrtc.nvrtcCompileProgram(program, options.size(), list);
            if (result != 0) {
                throw new CudaException(
                        "NVRTC does not compile %s with %s:\n%s"
                                .formatted(name, String.join(" ", options), log(program)));
            }
        } finally {
            texts.forEach(Memory::close);
        }
    }

    private static byte[] code(long program, List<String> options) {
        boolean portable = options.stream().anyMatch(option -> option.contains("=compute_"));
        long[] size = new long[1];
        byte[] code;
        if (portable) {
            Nvrtc.check(Nvrtc.nvrtcGetPTXSize(program, size), "nvrtcGetPTXSize");
            code = new byte[Math.toIntExact(size[0])];
            Nvrtc.check(Nvrtc.nvrtcGetPTX(program, code), "nvrtcGetPTX");
        } else {
            Nvrtc.check(Nvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
            code = new byte[Math.toIntExact(size[0])];
            Nvrtc.check(Nvrtc.nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN");
        }
        return code;
    }

    private static String log(long program) {
        long[] size = new long[1];
        Nvrtc.check(Nvrtc.nvrtcGetProgramLogSize(program, size), "nvrtcGetProgramLogSize");
        byte[] log = new byte[Math.toIntExact(size[0])];
        Nvrtc.check(Nvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
        return new String(log, StandardCharsets.UTF_8).replace("\0", "").strip();
    }

    private static byte[] text(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }
}
