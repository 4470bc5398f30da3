package io.zigma.server.api;

import io.zigma.io.ContentHash;
import io.zigma.server.http.Exchange;
import io.zigma.server.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The page and the description of the interfaces, as files of the jar. Only these are served: no
 * part of a request's path becomes a name of a file.
 */
public final class Page {

    private static final int OK = 200;
    private static final int UNCHANGED = 304;
    private static final int TAG = 16;

    /** Everything comes from this server; pictures also from the page's own memory. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " img-src 'self' blob: data:; manifest-src 'self'; worker-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> FILES =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("/", "index.html"),
                            Map.entry("/page.css", "page.css"),
                            Map.entry("/main.js", "main.js"),
                            Map.entry("/api.js", "api.js"),
                            Map.entry("/form.js", "form.js"),
                            Map.entry("/gallery.js", "gallery.js"),
                            Map.entry("/png.js", "png.js"),
                            Map.entry("/mask.js", "mask.js"),
                            Map.entry("/clip.js", "clip.js"),
                            Map.entry("/run.js", "run.js"),
                            Map.entry("/offline.js", "offline.js"),
                            Map.entry("/icon.svg", "icon.svg"),
                            Map.entry("/openapi.json", "openapi.json")));

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml",
                    "json", "application/json");

    private Page() {}

    /**
     * Adds its routes, which need no token: there is nothing of anybody's in them.
     *
     * @param routes where to
     */
    public static void addTo(Routes routes) {
        FILES.forEach(
                (path, name) -> {
                    byte[] bytes = read(name);
                    String tag =
                            '"'
                                    + HexFormat.of()
                                            .formatHex(ContentHash.of(bytes))
                                            .substring(0, TAG)
                                    + '"';
                    routes.open(path, exchange -> serve(exchange, name, bytes, tag));
                });
    }

    private static void serve(Exchange exchange, String name, byte[] bytes, String tag) {
        exchange.header("Content-Security-Policy", POLICY);
        exchange.header("Cache-Control", "no-cache");
        exchange.header("ETag", tag);
        String type = TYPES.getOrDefault(name.substring(name.indexOf('.') + 1), "text/plain");
        if (exchange.header("If-None-Match").filter(tag::equals).isPresent()) {
            exchange.answer(UNCHANGED, type, new byte[0]);
        } else {
            exchange.answer(OK, type, bytes);
        }
    }

    private static byte[] read(String name) {
        try (InputStream in = Page.class.getResourceAsStream("/io/zigma/server/page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the page's file is not in the jar: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
