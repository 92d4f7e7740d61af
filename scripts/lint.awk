# House rules for C files.  Looks at each line as written, and again with
# comments and literals taken out.  Plain awk (mawk, gawk, busybox).

function complain(what) { print FILENAME ":" FNR ": " what }

# The line without block comments, strings and character constants; inside a
# comment that began earlier, without that too.
function bare(line,   out, c, at)
{
	out = ""
	while (line != "") {
		if (commented) {
			at = index(line, "*/")
			if (at == 0)
				return out
			line = substr(line, at + 2)
			commented = 0
			continue
		}
		if (!match(line, /["']|\/\*|\/\//))
			return out line
		out = out substr(line, 1, RSTART - 1)
		c = substr(line, RSTART, 1)
		line = substr(line, RSTART)
		if (c == "/") {
			if (substr(line, 2, 1) == "/")
				return out line
			commented = 1
			line = substr(line, 3)
		} else if (c == "\"") {
			if (!match(line, /^"([^"\\]|\\.)*"/))
				return out
			out = out "\"\""
			line = substr(line, RLENGTH + 1)
		} else {
			if (!match(line, /^'([^'\\]|\\.)*'/))
				return out
			out = out "0"
			line = substr(line, RLENGTH + 1)
		}
	}
	return out
}

function columns(line,   n, i, parts, total)
{
	gsub(/[\200-\277]/, "", line)
	n = split(line, parts, "\t")
	total = length(parts[1])
	for (i = 2; i <= n; i++)
		total = total - total % 8 + 8 + length(parts[i])
	return total
}

function may_include(from, to)
{
	return from == to || index(arrows[from], " " to " ") > 0
}

function calls(code, names)
{
	return match(code, "(^|[^A-Za-z0-9_.>])(" names ")[ \t]*\\(")
}

function called(code,   name)
{
	name = substr(code, RSTART, RLENGTH)
	gsub(/[^A-Za-z0-9_]/, "", name)
	return name "()"
}

function check_include(line,   name, quoted, to)
{
	if (!match(line, /["<][^">]*[">]/))
		return
	quoted = substr(line, RSTART, 1) == "\""
	name = substr(line, RSTART + 1, RLENGTH - 2)
	if (quoted) {
		if (name !~ /\// || name ~ /\.\./)
			complain("include by full path from the root, not \"" name "\"")
		to = name
		sub(/\/.*/, "", to)
		if ((folder in arrows) && !may_include(folder, to))
			complain(folder "/ may not include " to "/")
		return
	}
	if (!(folder in arrows))
		return
	if ((name in home) && index(home[name], " " folder " ") == 0)
		complain(folder "/ may not include <" name ">")
	if (name == "libesmtp.h" && FILENAME !~ /^notify\/email_worker/)
		complain("only notify/email_worker*.c may include <libesmtp.h>")
	if (folder == "scheduler" && name !~ pure_headers)
		complain("the core may not include <" name ">")
}

function end_of_function()
{
	if (named > 0 && FNR - named + 1 > 60)
		print FILENAME ":" named ": function of " FNR - named + 1 " lines (60 at most)"
	named = 0
}

BEGIN {
	arrows["scheduler"] = " "
	arrows["wire"] = " scheduler "
	arrows["policy"] = " scheduler wire "
	arrows["store"] = " scheduler "
	arrows["notify"] = " scheduler wire "
	arrows["daemon"] = " scheduler wire policy store notify "
	arrows["cli"] = " scheduler wire policy "
	home["jansson.h"] = " wire "
	home["sqlite3.h"] = " store "
	home["yaml.h"] = " policy daemon "
	home["libical/ical.h"] = " policy notify daemon "
	home["uv.h"] = " notify daemon "
	home["gmime/gmime.h"] = " cli "
	home["libesmtp.h"] = " notify "
	home["curl/curl.h"] = " notify daemon "
	home["systemd/sd-daemon.h"] = " daemon "
	pure_headers = "^(assert|inttypes|limits|stdalign|stdarg|stdbool|stddef|stdint|stdio|stdlib|string)\\.h$"
	banned = "strcpy|strcat|stpcpy|sprintf|vsprintf|gets|system|popen|alloca|setenv|putenv" \
		"|localtime|localtime_r|gmtime|strtok|mktemp|tmpnam|atoi|atol|atoll|rand|srand"
	clocks = "time|clock_gettime|gettimeofday|clock|timespec_get|ftime|uv_hrtime|uv_clock_gettime"
}

FNR == 1 {
	folder = FILENAME
	sub(/\/.*/, "", folder)
	commented = 0
	named = 0
	in_function = 0
	if (FILENAME ~ /\.h$/) {
		guard = "CC_" toupper(FILENAME)
		gsub(/[^A-Z0-9]/, "_", guard)
		guarded = 0
		if ($0 !~ /^\/\*/)
			complain("a header begins with its contract comment")
	}
}

FILENAME ~ /\.h$/ && !guarded && /^#[ \t]*(ifndef|if|include|define|pragma)/ {
	guarded = 1
	if ($0 != "#ifndef " guard)
		complain("the include guard is " guard)
}

FNR == 601 { complain("more than 600 lines: does the file still hold one idea?") }
length($0) > 90 && columns($0) > 100 { complain("more than 100 columns") }
length($0) > 60 && length($0) <= 90 && columns($0) > 100 { complain("more than 100 columns") }
/[ \t]$/ { complain("white space at the end") }
/\r/ { complain("carriage return") }
/^        / && !commented { complain("indent with tabs") }
/^ +\t/ { complain("space before a tab") }

{
	code = bare($0)
	if (code ~ /^[ \t]*#[ \t]*include/)
		check_include($0)
	if (index(code, "//"))
		complain("comments are /* */")
	if (code !~ /\(/ && code !~ /^[{}]/)
		next
	if (calls(code, banned))
		complain("banned call: " called(code))
	if (calls(code, clocks) && !may_read_clock())
		complain("only daemon/clock.c reads a clock: " called(code))
	if (!in_function && code ~ /^[A-Za-z_].*\(/)
		named = FNR
	if (code ~ /^\{/ || (!in_function && code ~ /^[A-Za-z_].*\)[ \t]*\{[ \t]*$/))
		in_function = 1
	if (code ~ /^\}/) {
		if (in_function)
			end_of_function()
		in_function = 0
	}
}

function may_read_clock()
{
	return FILENAME == "daemon/clock.c" || folder == "tests" || folder == "cli" ||
	    FILENAME ~ /^notify\/email_worker/
}
