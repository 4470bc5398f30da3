package io.zigma.io;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where the system or the user has files that can be made again. */
public final class UserCache {

    private UserCache() {}

    /**
     * Finds the folder: {@code ZIGMA_CACHE_DIR}, {@code zigma} in {@code XDG_CACHE_HOME}, else in
     * the system's cache folder below the home folder.
     *
     * @param environment the process's
     * @return the folder, which may not exist; empty if there is no home folder, as for users
     *     without a name
     */
    public static Optional<Path> folder(Map<String, String> environment) {
        try {
            String own = environment.getOrDefault("ZIGMA_CACHE_DIR", "");
            if (!own.isBlank()) {
                return Optional.of(Path.of(own));
            }
            String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
            if (!xdg.isBlank() && Path.of(xdg).isAbsolute()) {
                return Optional.of(Path.of(xdg, "zigma"));
            }
            Path home = Path.of(System.getProperty("user.home", ""));
            if (!home.isAbsolute() || !Files.isDirectory(home)) {
                return Optional.empty();
            }
            String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
            String local = environment.getOrDefault("LOCALAPPDATA", "");
            if (system.startsWith("windows") && !local.isBlank()) {
                return Optional.of(Path.of(local, "zigma", "cache"));
            }
            return Optional.of(
                    system.startsWith("mac")
                            ? home.resolve("Library/Caches/zigma")
                            : home.resolve(".cache/zigma"));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
