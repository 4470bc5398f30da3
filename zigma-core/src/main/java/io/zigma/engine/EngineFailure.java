package io.zigma.engine;

import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

/** Describes in one line why the engine cannot start, and what to do. */
final class EngineFailure {

    /** What to do where a folder is the cause. */
    static final String REMEDY =
            "set DJL_CACHE_DIR to a folder of your own that can be written to and run from, with 500 MB free";

    private static final String USUAL_SIZE = "some 450 MB";

    private EngineFailure() {}

    /** The libraries cannot be put where they would be loaded from. */
    static EngineStartException ofUnpacking(
            Optional<EngineLibraries> libraries, IOException cause) {
        return new EngineStartException(
                "PyTorch's libraries (%s) cannot be unpacked into %s: %s; %s"
                        .formatted(
                                libraries.map(EngineFailure::size).orElse(USUAL_SIZE),
                                folder(libraries),
                                reason(cause),
                                REMEDY),
                cause);
    }

    /** The libraries are where they should be, or are nowhere, and do not load. */
    static EngineStartException ofLoading(Optional<EngineLibraries> libraries, Throwable failure) {
        Throwable root = rootOf(failure);
        String said = firstLine(root);
        Path folder = folder(libraries);
        if (root instanceof UnsatisfiedLinkError && forbidsLoading(said)) {
            return new EngineStartException(
                    "PyTorch's libraries cannot be loaded from %s: nothing may be run from there (mounted with noexec?); %s"
                            .formatted(folder, REMEDY),
                    failure);
        }
        String place = Utils.getEnvOrSystemProperty("PYTORCH_LIBRARY_PATH", "");
        if (libraries.isEmpty() && place.isEmpty()) {
            Platform platform = Platform.detectPlatform("pytorch");
            return new EngineStartException(
                    "there is no PyTorch for %s on the class path (%s); add ai.djl.pytorch:pytorch-native-cpu:%s with the classifier %s, or set PYTORCH_LIBRARY_PATH to the lib folder of an installed one"
                            .formatted(
                                    platform.getClassifier(),
                                    said,
                                    platform.getVersion(),
                                    platform.getClassifier()),
                    failure);
        }
        return new EngineStartException(
                "PyTorch does not start from %s: %s"
                        .formatted(place.isEmpty() ? folder : place, said),
                failure);
    }

    /** Returns a file system's message, without the file's name. */
    static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "it may not be written to by you";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "there is a file in the way";
        }
        if (failure instanceof FileSystemException known && known.getReason() != null) {
            return known.getReason();
        }
        return firstLine(failure);
    }

    private static Path folder(Optional<EngineLibraries> libraries) {
        return libraries
                .map(EngineLibraries::folder)
                .orElse(Utils.getEngineCacheDir("pytorch").toAbsolutePath());
    }

    private static String size(EngineLibraries libraries) {
        try {
            return "%s MB".formatted(libraries.bytes() / 1_000_000);
        } catch (IOException e) {
            return USUAL_SIZE;
        }
    }

    /** Messages of Linux's and macOS's loaders about a file that may be read but not executed. */
    private static boolean forbidsLoading(String message) {
        return message.contains("failed to map segment")
                || message.contains("Operation not permitted")
                || message.contains("Permission denied");
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String firstLine(Throwable failure) {
        String message = Optional.ofNullable(failure.getMessage()).orElse("").strip();
        return message.isEmpty()
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }
}
