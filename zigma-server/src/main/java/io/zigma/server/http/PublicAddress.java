package io.zigma.server.http;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The address by which a client reached this server. Behind a proxy that is the proxy's, which says
 * so in headers; anybody can send those, so they are read only where the server was started with
 * {@code --behind-proxy}.
 *
 * @param scheme http or https
 * @param host with its port where it is not the scheme's; null where the client sent none
 */
record PublicAddress(String scheme, @Nullable String host) {

    private static final String HTTP = "http";
    private static final Pattern HOST =
            Pattern.compile("[\\w.\\-]{1,255}(:\\d{1,5})?|\\[[0-9a-fA-F:]{2,45}](:\\d{1,5})?");

    /**
     * Reads it.
     *
     * @param headers of the request
     * @param behindProxy whether the proxy's headers are believed
     */
    static PublicAddress of(HttpFields headers, boolean behindProxy) {
        String own = headers.get("Host");
        if (!behindProxy) {
            return new PublicAddress(HTTP, own);
        }
        String scheme =
                first(headers, "X-Forwarded-Proto")
                        .map(text -> text.toLowerCase(Locale.ROOT))
                        .filter(text -> text.equals("https"))
                        .orElse(HTTP);
        String host =
                first(headers, "X-Forwarded-Host")
                        .filter(text -> HOST.matcher(text).matches())
                        .orElse(own);
        return new PublicAddress(scheme, host);
    }

    /** Several proxies make a list, the first of which is nearest to the client. */
    private static Optional<String> first(HttpFields headers, String name) {
        return Optional.ofNullable(headers.get(name)).map(text -> text.split(",", -1)[0].strip());
    }

    /** Returns how addresses at this server begin, such as {@code http://localhost:7860}. */
    String origin() {
        return scheme + "://" + (host == null || host.isEmpty() ? "localhost" : host);
    }
}
