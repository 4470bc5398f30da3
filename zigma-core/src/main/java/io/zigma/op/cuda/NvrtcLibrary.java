package io.zigma.op.cuda;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds NVRTC: the file that {@code zigma.nvrtc} or {@code ZIGMA_NVRTC} names, else beside
 * libtorch's own libraries (its CUDA builds bring it along, under a name with a hash in it, or in
 * the packages beside Python's torch), else by its name, else in a CUDA toolkit.
 *
 * <p>NVRTC opens a library of built-in functions by its name, which it does not find beside itself
 * if it was loaded by its path. So that library is loaded first.
 */
final class NvrtcLibrary {

    /** Not the builtins, nor the variant for other allocators. */
    private static final Pattern COMPILER =
            Pattern.compile("libnvrtc(-[0-9a-f]{8,})?\\.so(\\.[0-9.]+)?|nvrtc64_[0-9]+_0\\.dll");

    private static final Pattern BUILTINS =
            Pattern.compile(
                    "libnvrtc-builtins(-[0-9a-f]{8,})?\\.so(\\.[0-9.]+)?|nvrtc-builtins64_[0-9]+\\.dll");

    private static final List<String> NAMES =
            List.of(
                    "libnvrtc.so.13",
                    "libnvrtc.so.12",
                    "libnvrtc.so",
                    "nvrtc64_130_0",
                    "nvrtc64_120_0");

    private NvrtcLibrary() {}

    /**
     * Loads NVRTC.
     *
     * @param named the file that the user names, or null
     * @param libtorch the folder of libtorch's libraries
     * @return empty if it is nowhere
     * @throws CudaException if the file that the user names cannot be loaded
     */
    static Optional<NativeLibrary> load(@Nullable Path named, Path libtorch) {
        if (named != null) {
            try {
                return Optional.of(load(named));
            } catch (UnsatisfiedLinkError e) {
                throw new CudaException(
                        "%s, which ZIGMA_NVRTC names, cannot be loaded: %s"
                                .formatted(named, e.getMessage()),
                        e);
            }
        }
        return firstOf(besideLibtorch(libtorch))
                .or(NvrtcLibrary::byName)
                .or(() -> firstOf(toolkits()));
    }

    private static Optional<NativeLibrary> firstOf(List<Path> folders) {
        for (Path folder : folders) {
            for (Path file : matching(folder, COMPILER)) {
                try {
                    return Optional.of(load(file));
                } catch (UnsatisfiedLinkError e) {
                    continue; // of another platform, perhaps; the next may do
                }
            }
        }
        return Optional.empty();
    }

    private static NativeLibrary load(Path file) {
        Path real = real(file);
        for (Path folder : List.of(parent(file), parent(real))) {
            for (Path builtins : matching(folder, BUILTINS)) {
                try {
                    NativeLibrary.getInstance(builtins.toString());
                } catch (UnsatisfiedLinkError e) {
                    continue; // NVRTC itself will say what it lacks
                }
            }
        }
        return NativeLibrary.getInstance(file.toAbsolutePath().toString());
    }

    private static Optional<NativeLibrary> byName() {
        for (String name : NAMES) {
            try {
                return Optional.of(NativeLibrary.getInstance(name));
            } catch (UnsatisfiedLinkError e) {
                continue;
            }
        }
        return Optional.empty();
    }

    /** Returns libtorch's folder, the one that its files are links to, and Python's beside it. */
    static List<Path> besideLibtorch(Path libtorch) {
        List<Path> folders = new ArrayList<>();
        folders.add(libtorch);
        for (String name : List.of("libtorch_cpu.so", "torch_cpu.dll")) {
            Path file = libtorch.resolve(name);
            if (Files.exists(file)) {
                Path lib = parent(real(file)); // …/site-packages/torch/lib
                folders.add(lib);
                Path packages = lib.resolve("../../nvidia").normalize();
                for (Path each : matching(packages, Pattern.compile(".*"))) {
                    folders.add(each.resolve("lib"));
                    folders.add(each.resolve("bin"));
                }
            }
        }
        return folders;
    }

    private static List<Path> toolkits() {
        List<Path> folders = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String home = System.getenv(variable);
            if (home != null && !home.isBlank()) {
                folders.add(Path.of(home, "lib64"));
                folders.add(Path.of(home, "bin"));
            }
        }
        for (Path home : matching(Path.of("/usr/local"), Pattern.compile("cuda.*"))) {
            folders.add(home.resolve("lib64"));
        }
        return folders;
    }

    /** Returns what a folder has under such names, the newest version first. */
    private static List<Path> matching(Path folder, Pattern name) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    if (name.matcher(String.valueOf(file.getFileName())).matches()) {
                        found.add(file);
                    }
                }
            } catch (IOException e) {
                return List.of(); // a folder that cannot be read has nothing for us
            }
        }
        found.sort(Collections.reverseOrder());
        return found;
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file.toAbsolutePath();
        }
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }
}
